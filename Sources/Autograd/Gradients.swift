import Tensors

/// Gradients by variable, as they add up on the way back.
public struct Gradients {
  private var values: [Tensor?]
  private var products: [Int: [(left: Tensor, right: Tensor)]] = [:]

  init(count: Int) { values = Array(repeating: nil, count: count) }

  /// The gradient of a leaf; nil if the loss does not depend on it, or the variable is a constant.
  public subscript(variable: Variable) -> Tensor? { variable.origin.flatMap { values[$0.node] } }

  mutating func take(_ node: Int) -> Tensor? {
    let gradient = values[node]
    values[node] = nil
    return gradient
  }

  mutating func add(_ gradient: @autoclosure () -> Tensor, to variable: Variable) {
    guard let node = variable.origin?.node else { return }
    if values[node] == nil { values[node] = gradient() } else { values[node]!.add(gradient()) }
  }

  /// Lets `body` add to the gradient in place; it starts as zeros.
  mutating func update(_ variable: Variable, _ body: (inout Tensor) -> Void) {
    guard let node = variable.origin?.node else { return }
    if values[node] == nil { values[node] = Tensor.zeros(variable.shape) }
    body(&values[node]!)
  }

  /// Notes that `leftᵀ · right` is to be added: the products of all time steps for one weight matrix become a single
  /// large product, which reads and writes the gradient once instead of once a step.
  mutating func addProduct(_ left: Tensor, _ right: Tensor, to variable: Variable) {
    guard let node = variable.origin?.node else { return }
    products[node, default: []].append((left, right))
  }

  mutating func finishProducts(_ node: Int) {
    guard let pairs = products.removeValue(forKey: node) else { return }
    func rows(_ parts: [Tensor]) -> Tensor {
      let matrices = parts.map { $0.reshaped([$0.shape.rows, $0.shape.columns]) }
      return matrices.count == 1 ? matrices[0] : Tensor.concatenatingRows(matrices)
    }
    let (left, right) = (rows(pairs.map(\.left)), rows(pairs.map(\.right)))
    if values[node] == nil {
      values[node] = left.matmul(right, transposed: true)
    } else {
      values[node]!.addProduct(left, right, transposedA: true)
    }
  }
}
