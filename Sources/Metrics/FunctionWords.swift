/// Words that hold a sentence together rather than name something. What is left, without punctuation, are the content words.
///
/// Attention on function words is a matter of taste (which English word does `de` come from?), so alignment is reported for
/// content words too.
public struct FunctionWords: Sendable {
  private let words: Set<String>

  /// - Parameter list: words parted by white space, in any case.
  public init(_ list: String) {
    words = Set(list.split(whereSeparator: \.isWhitespace).map { Self.key(String($0)) })
  }

  /// True if `token` holds a letter or a digit and is not in the list. Case and the form of the apostrophe do not matter; a
  /// token with hyphens, such as `as-tu`, is in the list if all its parts are.
  public func isContent(_ token: String) -> Bool {
    guard token.contains(where: { $0.isLetter || $0.isNumber }) else { return false }
    let key = Self.key(token)
    return !words.contains(key) && !key.split(separator: "-").allSatisfy { words.contains(String($0)) }
  }

  /// The places of the content words among `tokens`.
  public func contentPositions(in tokens: [String]) -> Set<Int> {
    Set(tokens.indices.filter { isContent(tokens[$0]) })
  }

  private static func key(_ word: String) -> String {
    word.lowercased().replacing("’", with: "'")
  }

  /// Articles, pronouns, prepositions, conjunctions, auxiliaries and modals, negation, question words, and the contractions
  /// of these.
  public static let english = FunctionWords(
    """
    a an the this that these those some any no each every
    i you he she it we they me him her us them my your his its our their mine yours hers ours theirs
    myself yourself himself herself itself ourselves yourselves themselves one
    there here who whom whose which what when where why how
    of to in on at by for from with without about into onto over under after before during between through against
    until till since as than like near up down out off
    and or but if because so though although while nor whether
    am is are was were be been being have has had having do does did doing done
    can could will would shall should may might must ought
    not never nothing nobody
    don't doesn't didn't isn't aren't wasn't weren't haven't hasn't hadn't won't wouldn't can't cannot couldn't shouldn't mustn't
    i'm you're he's she's it's we're they're i've you've we've they've i'll you'll he'll she'll it'll we'll they'll
    i'd you'd he'd she'd we'd they'd that's there's what's who's where's let's
    n't 'm 're 's 've 'll 'd o'clock
    """)

  /// The same for French. Of the verbs only `être` and `avoir` are in it: `aller`, `pouvoir` and `devoir` mean something.
  public static let french = FunctionWords(
    """
    le la les l' l un une des du de d' d au aux ce cet cette ces c' c ça cela ceci
    je j' j tu il elle on nous vous ils elles me m' m te t' t se s' s lui leur leurs y en moi toi soi eux
    mon ma mes ton ta tes son sa ses notre nos votre vos mien tien sien
    qui que qu' qu quoi dont où quand comment pourquoi combien quel quelle quels quelles lequel laquelle
    à dans sur sous avec sans pour par chez vers entre avant après depuis pendant contre jusque jusqu' jusqu
    et ou mais si car donc or ni puisque lorsque comme
    ne n' n pas plus jamais rien personne non
    est es suis sommes êtes sont étais était étions étiez étaient été être sera seras serai serons serez seront serait
    ai as a avons avez ont avais avait avions aviez avaient eu avoir aura auras aurai aurons aurez auront aurait
    """)
}
