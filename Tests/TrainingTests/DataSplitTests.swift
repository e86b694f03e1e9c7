import Testing

@testable import Training

@Suite struct DataSplitTests {
  /// 300 source sentences with one to four translations each, some of them written in another case or with other blanks.
  let pairs: [SentencePair] = (0..<300).flatMap { number in
    (0...(number % 4)).map { translation in
      let source = translation == 1 ? "SENTENCE  \(number)" : "Sentence \(number)"
      return SentencePair(source: source, target: "phrase \(number) \(translation)")
    }
  }

  @Test func noSourceCrossesTheParts() {
    let split = DataSplit(carving: pairs, validation: .fraction(0.2), test: .sentences(30), seed: 3)
    let parts = [split.train, split.validation, split.test].map { Set($0.map { SourceKey($0.source) }) }
    #expect(parts.map(\.count) == [210, 60, 30])
    #expect(
      parts[0].isDisjoint(with: parts[1]) && parts[0].isDisjoint(with: parts[2]) && parts[1].isDisjoint(with: parts[2]))
    #expect(split.train.count + split.validation.count + split.test.count == pairs.count)
  }

  @Test func theSeedDecidesAndTheOrderOfTheFileDoesNot() {
    func validation(_ pairs: [SentencePair], seed: UInt64) -> Set<SentencePair> {
      Set(DataSplit(carving: pairs, validation: .sentences(40), test: .sentences(0), seed: seed).validation)
    }
    #expect(validation(pairs, seed: 1) == validation(pairs.reversed(), seed: 1))
    #expect(validation(pairs, seed: 1) != validation(pairs, seed: 2))
  }

  /// Fixed numbers, from FNV-1a and SplitMix64 written out in Python: a run resumed with another build must see the same parts.
  @Test func hashesAreTheSameInEveryBuild() {
    #expect(SourceKey("I  am here.").hash(seed: 1) == 10_842_979_053_105_090_086)
    #expect(SourceKey("ÉTÉ").text == SourceKey("e\u{301}te\u{301}").text)
  }

  @Test func moreThanThereIsTakesAll() {
    let split = DataSplit(carving: pairs, validation: .sentences(1000), test: .sentences(1000), seed: 1)
    #expect(split.train.isEmpty && split.validation.isEmpty && split.test.count == pairs.count)
  }

  @Test func heldOutSourcesAndRepeatedPairsLeaveTheTrainingPart() {
    var split = DataSplit(carving: pairs + pairs.prefix(10), validation: .fraction(0), test: .fraction(0), seed: 1)
    #expect(split.removeDuplicates() == 10)
    #expect(split.train == pairs)
    let heldOut = [
      SentencePair(source: "sentence 3", target: "other"), SentencePair(source: "unseen", target: "other"),
    ]
    #expect(split.removeFromTrain(sourcesOf: heldOut) == 4)
    #expect(!split.train.contains { SourceKey($0.source) == SourceKey("Sentence 3") })
  }
}
