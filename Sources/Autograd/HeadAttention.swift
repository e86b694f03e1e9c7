import CKernels
import Tensors

// Scaled dot-product attention of many heads (Vaswani et al. 2017, section 3.2) over packed sentences, in three steps
// so that each can be tapped. Scores and weights lie as `HeadLayout` says: `[H, T, S]` for one sentence.

extension Variable {
  /// `scale * q · k` for every head, `-infinity` where the mask is closed.
  ///
  /// - Parameters:
  ///   - memory: its keys have as many numbers as `self`, the queries `[N, H*K]`.
  ///   - bias: added to the scaled products before masking, e.g. one for each relative position; shaped as the result.
  public func headScores(
    _ memory: HeadMemory, _ layout: HeadLayout, scale: Float, bias: Variable? = nil, mask: HeadMask = .none
  ) -> Variable {
    let width = shape.columns / max(layout.heads, 1)
    precondition(memory.keyWidth == shape.columns, "\(shape) for keys of \(memory.keyWidth)")
    precondition(layout.queries.rows == shape.rows && layout.heads * width == shape.columns, "\(shape) in heads")
    precondition(bias == nil || bias?.shape.count == layout.count, "a bias for other scores")
    mask.check(layout)
    let scores = Tensor(layout.shape) { out in
      value.withUnsafeElements { q in
        memory.withKeys { stride, keys in
          withElements(bias?.value) { bias in
            layout.forEachBlock(width: width) { block in
              let row = layout.queries.starts[block.sentence] * shape.columns
              kernels.row_products(
                block.queries, block.memory, width, scale, q + row + block.head * width, shape.columns,
                keys(block.sentence) + block.head * width, stride, out + block.start, block.memory)
              if let bias { kernels.add(block.queries * block.memory, bias + block.start, out + block.start) }
              mask.close(out + block.start, block, layout)
            }
          }
        }
      }
    }
    var inputs = [self]
    if let bias { inputs.append(bias) }
    if case .packed(let keys, _, _) = memory { inputs.append(keys) }
    return .result(scores, of: inputs) { [self] dy, gradients in
      if let bias { gradients.add(dy.reshaped(bias.shape), to: bias) }
      var dq = Tensor.zeros(shape)
      memory.withKeys { stride, keys in
        layout.addRows(dy, scale: scale, memory: keys, stride, width, toQueries: &dq)
      }
      gradients.add(dq, to: self)
      guard case .packed(let keys, _, _) = memory else { return }
      gradients.update(keys) { layout.addRows(dy, scale: scale, queries: value, width, toMemory: &$0) }
    }
  }

  /// Softmax over each query's positions. Closed entries become exactly 0 and pass no gradient; a query to which all
  /// is closed looks nowhere, all its weights are 0.
  public func headSoftmax(_ layout: HeadLayout, mask: HeadMask = .none) -> Variable {
    precondition(shape.count == layout.count, "\(shape) are other scores")
    mask.check(layout)
    let weights = Tensor(shape) { out in
      value.withUnsafeElements { x in
        layout.forEachBlock(width: 10) { mask.softmax(x + $0.start, into: out + $0.start, $0, layout) }
      }
    }
    return .result(weights, of: [self]) { [self] dy, gradients in
      let dx = Tensor(shape) { out in
        weights.withUnsafeElements { y in
          dy.withUnsafeElements { dy in
            layout.forEachBlock(width: 4) {
              kernels.softmax_backward($0.queries, $0.memory, y + $0.start, dy + $0.start, out + $0.start)
            }
          }
        }
      }
      gradients.add(dx, to: self)
    }
  }

  /// What each head takes from its values by the weights in `self`: `[N, H*V]`, heads side by side.
  public func headSum(of memory: HeadMemory, _ layout: HeadLayout) -> Variable {
    let columns = memory.valueWidth
    let width = columns / max(layout.heads, 1)
    precondition(shape.count == layout.count && width * layout.heads == columns, "\(shape) are other weights")
    var sums = Tensor.zeros([layout.queries.rows, columns])
    memory.withValues { stride, values in
      layout.addRows(value, scale: 1, memory: values, stride, width, toQueries: &sums)
    }
    var inputs = [self]
    if case .packed(_, let values, _) = memory { inputs.append(values) }
    return .result(sums, of: inputs) { [self] dy, gradients in
      let dw = Tensor(shape) { out in
        dy.withUnsafeElements { dy in
          memory.withValues { stride, values in
            layout.forEachBlock(width: width) { block in
              let row = layout.queries.starts[block.sentence] * columns
              kernels.row_products(
                block.queries, block.memory, width, 1, dy + row + block.head * width, columns,
                values(block.sentence) + block.head * width, stride, out + block.start, block.memory)
            }
          }
        }
      }
      gradients.add(dw, to: self)
      guard case .packed(_, let values, _) = memory else { return }
      gradients.update(values) { layout.addRows(value, scale: 1, queries: dy, width, toMemory: &$0) }
    }
  }
}

extension HeadLayout {
  /// For each query, adds its memory's rows by `weights`. A block writes the columns of its own head and sentence
  /// alone, so that the result does not depend on the threads.
  fileprivate func addRows(
    _ weights: Tensor, scale: Float, memory rows: (Int) -> UnsafePointer<Float>, _ stride: Int, _ width: Int,
    toQueries sums: inout Tensor
  ) {
    let columns = heads * width
    sums.withUnsafeMutableElements { out in
      weights.withUnsafeElements { w in
        forEachBlock(width: width) { block in
          kernels.add_weighted_rows(
            block.queries, block.memory, width, scale, w + block.start, block.memory, 1,
            rows(block.sentence) + block.head * width, stride,
            out + queries.starts[block.sentence] * columns + block.head * width, columns)
        }
      }
    }
  }

  /// For each position of the memory, adds the queries' rows by `weights`.
  fileprivate func addRows(
    _ weights: Tensor, scale: Float, queries rows: Tensor, _ width: Int, toMemory sums: inout Tensor
  ) {
    let columns = heads * width
    sums.withUnsafeMutableElements { out in
      weights.withUnsafeElements { w in
        rows.withUnsafeElements { rows in
          forEachBlock(width: width) { block in
            kernels.add_weighted_rows(
              block.memory, block.queries, width, scale, w + block.start, 1, block.memory,
              rows + queries.starts[block.sentence] * columns + block.head * width, columns,
              out + memory.starts[block.sentence] * columns + block.head * width, columns)
          }
        }
      }
    }
  }
}

extension HeadMask {
  /// The entries of a block's sentence.
  private func entries(_ block: HeadLayout.Block, _ layout: HeadLayout) -> ArraySlice<UInt8>? {
    let start = layout.starts[block.sentence] / max(layout.heads, 1)
    return open?[start..<(start + block.queries * block.memory)]
  }

  fileprivate func close(_ scores: UnsafeMutablePointer<Float>, _ block: HeadLayout.Block, _ layout: HeadLayout) {
    if isCausal {
      for row in 0..<block.queries {
        let reach = reach(row, block)
        (scores + row * block.memory + reach).update(repeating: -.infinity, count: block.memory - reach)
      }
    }
    guard let entries = entries(block, layout) else { return }
    for (index, entry) in entries.enumerated() where entry == 0 { scores[index] = -.infinity }
  }

  fileprivate func softmax(
    _ scores: UnsafePointer<Float>, into weights: UnsafeMutablePointer<Float>, _ block: HeadLayout.Block,
    _ layout: HeadLayout
  ) {
    func rows(_ open: UnsafePointer<UInt8>?) {
      guard isCausal else { return kernels.softmax(block.queries, block.memory, scores, open, weights) }
      for row in 0..<block.queries {
        let (start, reach) = (row * block.memory, reach(row, block))
        kernels.softmax(1, reach, scores + start, open.map { $0 + start }, weights + start)
        (weights + start + reach).update(repeating: 0, count: block.memory - reach)
      }
    }
    guard let entries = entries(block, layout) else { return rows(nil) }
    entries.withUnsafeBufferPointer { rows($0.baseAddress) }
  }
}
