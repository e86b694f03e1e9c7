/// The components that a recipe comes to. Every rule is an expression that the reference library reads as well, so that
/// a tokenizer of ours gives the same ids there.
extension TokenizerRecipe {
  /// One Unicode form, one kind of space and of apostrophe, then what the recipe takes off.
  func normalizer() throws(TokenizerError) -> any Normalizer {
    var steps: [any Normalizer] = stripAccents ? [NFD(), StripAccents(), NFC()] : [NFC()]
    if lowercase { steps.append(Lowercase()) }
    // Soft hyphen, zero-width space, direction marks, word joiner, byte-order mark. The joiners inside Persian words
    // and emoji stay.
    steps.append(try replace(#"[\x{AD}\x{200B}\x{200E}\x{200F}\x{2060}\x{FEFF}]"#, ""))
    steps.append(try replace(#"\s+"#, " "))
    steps.append(Strip())
    if straightApostrophes { steps.append(try replace(#"[’ʼ]|(?<=\p{L})‘(?=\p{L})"#, "'")) }
    if kind == .word { steps += try quotes() }
    return NormalizerSequence(steps)
  }

  /// Gives straight quotes a direction, so that decoding knows on which side the space goes.
  private func quotes() throws(TokenizerError) -> [any Normalizer] {
    var steps: [any Normalizer] = [
      try replace(#"(?<![^\s(\[«“‘'¿¡])"(?=\S)"#, "“"),
      try replace(#"""#, "”"),
    ]
    if straightApostrophes {
      steps.append(try replace(#"(?<![^\s(\[«“¿¡])'(?=\S)"#, "‘"))
      steps.append(try replace(#"'(?![\p{L}\p{N}«“])"#, "’"))
    }
    return steps
  }

  func preTokenizer() throws(TokenizerError) -> any PreTokenizer {
    switch kind {
    case .word:
      var steps: [any PreTokenizer] = [WhitespaceSplit(), try split(punctuation, .isolated)]
      if elision { steps.append(try split(#"(?<=\p{L})['’](?=[\p{L}\p{N}])"#, .mergedWithPrevious)) }
      if splitHyphens { steps.append(try split(#"(?<=[\p{L}\p{N}])-(?=[\p{L}\p{N}])"#, .mergedWithNext)) }
      return PreTokenizerSequence(steps)
    case .character:
      return PreTokenizerSequence([Metaspace(prepend: .never, splits: false), try split(".", .isolated)])
    case .bpe:
      return Metaspace(prepend: .always, splits: true)
    }
  }

  /// Marks that are words of their own. A dot stays inside `a.m.` and `U.S.`, dot, comma and colon inside numbers.
  private var punctuation: String {
    let quotes = straightApostrophes ? "‘’" : ""
    return [
      #"\.\.\."#,
      #"[¿?¡!;«»"“”()\[\]{}…—–"# + quotes + "]",
      #"[.,:](?![\p{L}\p{N}])"#,
      #"(?<![\p{L}\p{N}])[.,:]"#,
      #"(?<=\p{L}\p{L})\."#,
      #"(?<=\p{L})[,:]"#,
      #"[,:](?=\p{L})"#,
      #"(?<=\p{N})\.(?=\p{L})"#,
    ].joined(separator: "|")
  }

  func decoder() throws(TokenizerError) -> any Decoder {
    switch kind {
    case .word: DecoderSequence(try spacing())
    case .character: Metaspace(prepend: .never, splits: false)
    case .bpe: Metaspace(prepend: .always, splits: true)
    }
  }

  /// Puts a space between words and takes out those that writing does without.
  private func spacing() throws(TokenizerError) -> [any Decoder] {
    // No word starts with a space, so this prefix is never found and every word gets its space.
    var steps: [any Decoder] = [WordPieceDecoder(prefix: " "), Fuse()]
    if elision { steps.append(try replace(#"(?<=\p{L}['’]) (?=[\p{L}\p{N}«“])"#, "")) }
    if splitHyphens { steps.append(try replace(#"(?<=[\p{L}\p{N}]) (?=-[\p{L}\p{N}])"#, "")) }
    steps.append(try replace(#" (?=[.,…)\]}])|(?<=[(\[{¿¡]) |(?<=[?!]) (?=[?!])"#, ""))
    if !spaceBeforePunctuation { steps.append(try replace(#" (?=[?!;:»])|(?<=«) "#, "")) }
    steps.append(try replace("“ ?| ?”", "\""))
    if straightApostrophes { steps.append(try replace("‘ ?| ?’", "'")) }
    return steps
  }

  private func replace(_ pattern: String, _ content: String) throws(TokenizerError) -> Replace {
    Replace(try Pattern(.regex(pattern)), with: content)
  }

  private func split(_ pattern: String, _ behavior: Split.Behavior) throws(TokenizerError) -> Split {
    Split(try Pattern(.regex(pattern)), behavior)
  }
}
