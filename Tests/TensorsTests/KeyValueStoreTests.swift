import Tensors
import Testing

/// Every store holds what was appended to it and to what it was copied from, whoever else shares the buffer.
@Suite struct KeyValueStoreTests {
  /// A row whose numbers all are `x`, and its value the negative.
  private func append(_ x: Float, to store: inout KeyValueStore) {
    store.append(
      keys: Tensor([1, store.keyWidth], repeating: x), values: Tensor([1, store.valueWidth], repeating: -x))
  }

  private func contents(_ store: KeyValueStore) -> [Float] {
    withExtendedLifetime(store) {
      (0..<store.count).map { row in
        let (key, value) = (store.keys + row * store.stride, store.values + row * store.stride)
        for i in 0..<store.keyWidth { #expect(key[i] == key[0]) }
        for i in 0..<store.valueWidth { #expect(value[i] == -key[0]) }
        return key[0]
      }
    }
  }

  private func store(_ numbers: [Float]) -> KeyValueStore {
    var store = KeyValueStore(keyWidth: 3, valueWidth: 2, capacity: 2)
    for x in numbers { append(x, to: &store) }
    return store
  }

  @Test func growsBeyondItsCapacity() {
    #expect(contents(store([1, 2, 3, 4, 5, 6, 7])) == [1, 2, 3, 4, 5, 6, 7])
  }

  @Test func severalRowsAtOnce() {
    var store = store([1])
    store.append(keys: Tensor([2, 3], [2, 2, 2, 3, 3, 3]), values: Tensor([2, 2], [-2, -2, -3, -3]))
    #expect(contents(store) == [1, 2, 3])
  }

  @Test(arguments: [2, 3, 4]) func earlierStatesStayAsTheyWere(_ capacity: Int) {
    var states = [KeyValueStore(keyWidth: 3, valueWidth: 2, capacity: capacity)]
    for x in 1...9 {
      var next = states[states.count - 1]
      append(Float(x), to: &next)
      states.append(next)
    }
    for (count, state) in states.enumerated() { #expect(contents(state) == (0..<count).map { Float($0 + 1) }) }
  }

  @Test func statesInARowShareOneBuffer() {
    let first = store([1])
    var second = first
    append(2, to: &second)
    #expect(first.keys == second.keys)
  }

  @Test func forksDiverge() {
    let trunk = store([1, 2, 3])
    var (left, right) = (trunk, trunk)
    append(4, to: &left)
    append(5, to: &right)
    append(6, to: &left)
    append(7, to: &right)
    #expect(contents(trunk) == [1, 2, 3])
    #expect(contents(left) == [1, 2, 3, 4, 6])
    #expect(contents(right) == [1, 2, 3, 5, 7])
  }

  @Test func steppingBackWritesOverNothingThatIsStillSeen() {
    var store = store([1, 2, 3])
    let later = store
    store.truncate(to: 1)
    append(9, to: &store)
    #expect(contents(store) == [1, 9])
    #expect(contents(later) == [1, 2, 3])
  }

  /// Stepping back and forth alone keeps the buffer.
  @Test func rowsThatNobodySeesAreUsedAgain() {
    var store = KeyValueStore(keyWidth: 3, valueWidth: 2, capacity: 4)
    for x in 1...4 { append(Float(x), to: &store) }
    let place = store.keys
    store.truncate(to: 2)
    append(8, to: &store)
    #expect(store.keys == place)
    #expect(contents(store) == [1, 2, 8])
  }

  @Test func forksOnSeveralThreads() async {
    let trunk = store([1, 2, 3])
    await withTaskGroup(of: [Float].self) { group in
      for fork in 10..<40 {
        group.addTask {
          var store = trunk
          for x in 0..<20 { self.append(Float(fork * 100 + x), to: &store) }
          return self.contents(store)
        }
      }
      for await found in group {
        #expect(found.prefix(3) == [1, 2, 3])
        #expect(found.count == 23)
        #expect(zip(found[3...], found[4...]).allSatisfy { $1 == $0 + 1 })
      }
    }
    #expect(contents(trunk) == [1, 2, 3])
  }
}
