"""Golden ids, offsets and texts of Tests/TextTests for the shapes of tokenizer.json that models in use have.

    python Tests/Reference/tokenizer_shapes.py

builds each kind of tokenizer as Transformers builds it, or as well-known files have it, over small vocabularies trained on
the texts themselves, and writes the files with what the library gives for some three hundred texts to `shapes.json`.
Offsets are in UTF-8 bytes. Versions: tokenizers 0.23.3, transformers 5.23.0, sentencepiece 0.2.3.
"""

import base64
import json

from siblings import HERE, script  # First, see there.
import sentencepiece.sentencepiece_model_pb2 as pb  # noqa: E402
import transformers  # noqa: E402
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors  # noqa: E402
from tokenizers import trainers  # noqa: E402

foreign = script("foreign_tokenizers")

MORE = [
    # Contractions in every case, and the letters that fold to ASCII.
    "I'M YOU'RE HE'S WE'VE THEY'LL SHE'D DON'T", "it's It'S 'Twas o'clock", "'\u017f'\u212aa", "can't-won't", "l'Été d'Été",
    # Numbers and runs of digits.
    "1 12 123 1234 12345 123456 1234567", "3.14159 1,000,000 1e-5 0x1F", "٠١٢٣٤ ०१२ ⅓ ²³ Ⅳ", "a1b22c333", "2024-01-31T10:30:00Z",
    # Line ends and white space in groups.
    "a\n\nb\n \n c\r\n\r\nd", "\n\n\n", "  \n  x", "x   \n", "a\tb\t\tc", "    if x:\n        return y\n", "a \u00a0 b\u3000\u3000c", "\x0b\x0c", "x\u2028y\u2029z",
    # Signs, code, addresses.
    "for (int i=0; i<n; ++i) { a[i] += 1; }", "!!!???...", "$%^&*", "a/b\\c|d", "http://example.org/?q=é#x", "name@example.org", "#tag @user", "--flag=value", "(((x)))", "«¡Hola!»", "…—–-", "“curly” ‘quotes’", "``double''",
    "/\n//\n///", "=== == =", "<a href='x'>y</a>", "a_b__c", "A.B.C.", "R&D", "50%–60%", "~tilde`back`",
    # Letters in different cases and scripts.
    "HelloWorld helloWorld HELLOworld iPhone", "ÀÉÎÕÜ àéîõü ÿŸ", "ǅungla ǆ", "Straße STRASSE ẞ", "ŒUVRE œuvre æ", "ﬀ ﬁ ﬂ ﬃ ﬆ", "Ｆｕｌｌ　Ｗｉｄｔｈ", "ｶﾞｷﾞ ﾊﾟ", "①②③ ㍿ ㎏",
    "Привет ПРИВЕТ ёЁ", "Αθήνα ΑΘΉΝΑ άλφα", "שלום עולם", "السَّلامُ عليكم", "हिन्दी में पाठ", "ภาษาไทยไม่มีช่องว่าง", "தமிழ் உரை", "မြန်မာ", "ខ្មែរ", "አማርኛ", "ქართული", "Հայերեն", "ᏣᎳᎩ", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝐛𝐨𝐥𝐝",
    "你好，世界！", "中文English混合text", "東京タワーへ行きました。", "カタカナとひらがな", "한국어 문장입니다.", "각 한글", "𠀀𠮷 𪜀", "「引用」『二重』、。",
    # Marks that combine.
    "e\u0301\u0302 a\u0308\u0304", "Vie\u0302\u0323t Việt", "\u0300 \u0301", "a\u20dd", "ñ n\u0303 Ñ N\u0303", "क्\u200dष", "ก็\u0e49",
    # Emoji in sequences.
    "👩‍💻👨‍👩‍👧‍👦", "👋🏿👋🏻", "🏳️‍🌈🏴‍☠️", "🇩🇪🇫🇷🇯", "1️⃣#️⃣", "😀😃😄 smile", "☺☺️", "🫠", "text🍎text", "🧑🏽‍🚀 in space",
    # Control and format characters, private use, noncharacters.
    "\x00", "a\x01b\x02c", "\x7f\x80\x9f", "\u200b\u200c\u200d\u200e\u200f", "\ufeffbom", "a\u00adb", "\u202eleft\u202c", "\ue000\uf8ff", "\ufffe\uffff", "\U000e0041", "\ufffd", "\u2060x\u2061",
    # Long words.
    "Donaudampfschifffahrtsgesellschaftskapitän", "pneumonoultramicroscopicsilicovolcanoconiosis", "ab" * 60, "日" * 40, "x" * 101 + " y", "é" * 60, "-" * 40, "1" * 50, "🍏" * 20, " " * 30 + "x",
    # What special tokens look like.
    "<s> a </s>", "<pad><unk><mask>", "a<mask> b", "[CLS] x [SEP] [MASK].", "<|endoftext|>", "x<|endoftext|>y", "<|startoftranscript|><|en|><|notimestamps|>", "<extra_id_0> x <extra_id_1>", "eng_Latn fra_Latn", "<bos>a<eos>", "<|im_start|>user\nhi<|im_end|>", "</s></s>", "< s >", "<S> </S>", "<unk", "##ing", "▁▁a▁", "Ġa Ċ", "<0x0A><0xFF>", "a</w>b",
    # Sentences.
    "The quick brown fox jumps over the lazy dog.", "She sells sea-shells by the sea-shore.", "Où est la bibliothèque, s'il vous plaît ?", "Ein Füchschen läuft über die Brücke.", "El niño comió piñas.", "Ona je volela ćevape i šljive.", "Zażółć gęślą jaźń.", "Příliš žluťoučký kůň.", "İyi günler, ışık!", "Þetta reddast ð.",
    "The price is $5.99 (was $10)!", "Dr. Smith's e-mail: j.smith@x.co.uk.", "Wait... what?! No -- yes.", "I have 2 dogs, 3 cats & 1 bird.", "MixedCASE WORDS and CamelCase", "re-re-re", "a  b   c    d", " leading and trailing ", "\"quoted\" 'single'", "It is, isn't it? That's all, folks!",
]
TEXTS = list(dict.fromkeys([text for text in foreign.texts.TEXTS if len(text) < 110] + foreign.MORE + MORE))
CORPUS = foreign.CORPUS * 3 + TEXTS
# What heed leaves out of decoded text, by name.
SILENT = [
    ["<pad>", "[PAD]", "<PAD>"], ["<start>", "<s>", "<bos>", "[CLS]", "[start]", "<sos>", "[START]"],
    ["<end>", "</s>", "<eos>", "[SEP]", "[end]", "<|endoftext|>", "[END]"],
]


def entry(name, tokenizer):
    text = tokenizer.to_str()
    tokenizer = Tokenizer.from_str(text)
    special = {t.content: i for i, t in tokenizer.get_added_tokens_decoder().items() if t.special}
    silent = {next((special[n] for n in names if n in special), None) for names in SILENT}
    cases = []
    for index, source in enumerate(TEXTS):
        plain, full = tokenizer.encode(source, add_special_tokens=False), tokenizer.encode(source)
        places = foreign.texts.bytes_of(source)
        offsets = [place for start, end in plain.offsets for place in (places[start], places[end])]
        decoded = tokenizer.decode([i for i in plain.ids if i not in silent], skip_special_tokens=False)
        case = {"text": index, "ids": plain.ids, "offsets": offsets}
        # Most come back as they were.
        if decoded != source:
            case["decoded"] = decoded
        if index % 8 == 0 and full.ids != plain.ids:
            case["surrounded"] = full.ids
        cases.append(case)
    return {"name": name, "file": base64.b64encode(text.encode()).decode(), "cases": cases}


def byte_level(split=None, prefix=False, size=560, special=()):
    """Vocabulary and merges over bytes, as GPT-2's."""
    tokenizer = Tokenizer(models.BPE())
    cut = pre_tokenizers.ByteLevel(add_prefix_space=prefix, use_regex=split is None)
    tokenizer.pre_tokenizer = cut if split is None else pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(split), "isolated"), cut])
    trainer = trainers.BpeTrainer(
        vocab_size=size, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), special_tokens=list(special), show_progress=False)
    tokenizer.train_from_iterator(CORPUS, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    return model["vocab"], [tuple(pair) for pair in model["merges"]]


def sentencepiece_parts(kind, size, fallback):
    proto = pb.ModelProto.FromString(foreign.sentencepiece_model(kind, vocab_size=size, byte_fallback=fallback))
    pieces = [(piece.piece, piece.score) for piece in proto.pieces]
    return pieces, proto.normalizer_spec.precompiled_charsmap


def merges_of(pieces):
    """The merges of a BPE vocabulary, in the order of what they make."""
    vocabulary = {piece: index for index, (piece, _) in enumerate(pieces)}
    merges = []
    for piece, index in vocabulary.items():
        pairs = [(piece[:cut], piece[cut:]) for cut in range(1, len(piece))]
        pairs = [(vocabulary[a], vocabulary[b], a, b) for a, b in pairs if a in vocabulary and b in vocabulary]
        merges += [(index, *pair) for pair in sorted(pairs)]
    return [(a, b) for *_, a, b in sorted(merges, key=lambda merge: merge[:3])]


def backend(tokenizer):
    return tokenizer.backend_tokenizer if hasattr(tokenizer, "backend_tokenizer") else tokenizer._tokenizer


def word_piece(lower):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lower)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.train_from_iterator(CORPUS, trainers.WordPieceTrainer(
        vocab_size=480, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], show_progress=False))
    return tokenizer.get_vocab()


LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
O200K = "|".join([
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
    r"\p{N}{1,3}", r" ?[^\s\p{L}\p{N}]+[\r\n/]*", r"\s*[\r\n]+", r"\s+(?!\S)", r"\s+"])
DEEPSEEK = r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
BLOOM = r" ?[^(\s|[.,!?…。，、।۔،])]+"
CL100K = r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+"
GROUPS = r"(a|bd|b)+?c|(?:x(?:y|z)?)+|\w+?(?=[^\w])|[a-z&&[^aeiou]]{2,3}?|\d{2}|[^\W\d_]+"


def of_bytes():
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    vocabulary, merges = byte_level(special=special)
    for name in ("Roberta", "Bart"):
        yield name, backend(getattr(transformers, name + "Tokenizer")(vocab=vocabulary, merges=merges))
    yield "Roberta, space before", backend(transformers.RobertaTokenizer(vocab=vocabulary, merges=merges, add_prefix_space=True))
    vocabulary, merges = byte_level(special=["<|endoftext|>"])
    yield "GPT-2", backend(transformers.GPT2Tokenizer(vocab=vocabulary, merges=merges))
    whisper = transformers.WhisperTokenizer(vocab={**vocabulary, "": len(vocabulary)}, merges=merges)
    whisper.add_special_tokens({"additional_special_tokens": [
        "<|startoftranscript|>", "<|en|>", "<|fr|>", "<|translate|>", "<|transcribe|>", "<|notimestamps|>"]})
    whisper.add_tokens([AddedToken("<|0.00|>"), AddedToken("<|0.02|>")])
    whisper.set_prefix_tokens(language="fr", task="transcribe", predict_timestamps=False)
    yield "Whisper", backend(whisper)
    qwen, qwen_merges = byte_level(LLAMA3.replace("{1,3}", ""))
    yield "Qwen2", backend(transformers.Qwen2Tokenizer(vocab=qwen, merges=qwen_merges))
    for name, pattern, ignores in (
        ("Llama 3", LLAMA3, True), ("o200k", O200K, False), ("DeepSeek", DEEPSEEK, False), ("BLOOM", BLOOM, False),
        ("cl100k", CL100K, False), ("groups", GROUPS, False),
    ):
        vocabulary, merges = byte_level(LLAMA3 if name == "groups" else pattern)
        made = Tokenizer(models.BPE(vocabulary, merges, ignore_merges=ignores))
        made.pre_tokenizer = pre_tokenizers.Sequence([
            pre_tokenizers.Split(Regex(pattern), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
        made.decoder = decoders.ByteLevel()
        made.add_special_tokens(["<|begin_of_text|>", "<|endoftext|>"])
        made.post_processor = processors.Sequence([
            processors.ByteLevel(trim_offsets=False),
            processors.TemplateProcessing(single="<|begin_of_text|> $A", special_tokens=[("<|begin_of_text|>", made.token_to_id("<|begin_of_text|>"))])])
        yield name, made
    vocabulary, merges = byte_level()
    normal = Tokenizer(models.BPE(vocabulary, merges))
    normal.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.ByteLevel()])
    normal.decoder = decoders.ByteLevel()
    yield "bytes as a normalizer", normal
    clip = Tokenizer(models.BPE(unk_token="<|endoftext|>", end_of_word_suffix="</w>"))
    clip.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"), "removed", invert=True),
        pre_tokenizers.ByteLevel(add_prefix_space=False)])
    clip.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()])
    clip.train_from_iterator(CORPUS, trainers.BpeTrainer(
        vocab_size=760, special_tokens=["<|startoftext|>", "<|endoftext|>"], end_of_word_suffix="</w>",
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    model = json.loads(clip.to_str())["model"]
    yield "CLIP", backend(transformers.CLIPTokenizer(vocab=model["vocab"], merges=[tuple(m) for m in model["merges"]]))


def of_pieces():
    bert = word_piece(True)
    yield "BERT", backend(transformers.BertTokenizer(vocab=bert))
    yield "BERT cased", backend(transformers.BertTokenizer(vocab=word_piece(False), do_lower_case=False))
    yield "DistilBERT", backend(transformers.DistilBertTokenizer(vocab=bert, strip_accents=False))
    pieces, charsmap = sentencepiece_parts("unigram", 420, False)
    words = [piece for piece in pieces if piece[0] not in ("<unk>", "<s>", "</s>")]
    yield "T5", backend(transformers.T5Tokenizer(
        vocab=[("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), *words], _spm_precompiled_charsmap=charsmap, extra_ids=4))
    fairseq = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), *words]
    yield "XLM-RoBERTa", backend(transformers.XLMRobertaTokenizer(vocab=[*fairseq, ("<mask>", 0.0)], _spm_precompiled_charsmap=charsmap))
    yield "mBART", backend(transformers.MBartTokenizer(vocab=fairseq, src_lang="en_XX", tgt_lang="ro_RO"))
    yield "mBART-50", backend(transformers.MBart50Tokenizer(vocab=pieces, src_lang="en_XX", tgt_lang="ro_RO", _spm_precompiled_charsmap=charsmap))
    yield "Pegasus", backend(transformers.PegasusTokenizer(
        vocab=[("<pad>", 0.0), ("</s>", 0.0), ("<mask_1>", 0.0), ("<mask_2>", 0.0), *[(f"<unk_{i}>", 0.0) for i in range(2, 103)], ("<unk>", 0.0), *words],
        _spm_precompiled_charsmap=charsmap))
    yield "ALBERT", backend(transformers.AlbertTokenizer(
        vocab=[("<pad>", 0.0), ("<unk>", 0.0), ("[CLS]", 0.0), ("[SEP]", 0.0), ("[MASK]", 0.0), *words], _spm_precompiled_charsmap=charsmap))
    pieces, charsmap = sentencepiece_parts("bpe", 560, True)
    vocabulary = {piece: index for index, (piece, _) in enumerate(pieces)}
    merges = merges_of(pieces)
    yield "Llama", backend(transformers.LlamaTokenizer(vocab=vocabulary, merges=merges))
    old = Tokenizer(models.BPE(vocabulary, merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    old.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    old.decoder = decoders.Sequence([
        decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(content=" ", left=1, right=0)])
    old.add_special_tokens(["<unk>", "<s>", "</s>"])
    old.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    yield "Llama 2", old
    nllb = {piece: index for index, piece in enumerate(["<s>", "<pad>", "</s>", "<unk>", *[p for p, _ in pieces[3:]]])}
    yield "NLLB", backend(transformers.NllbTokenizer(
        vocab=nllb, merges=merges, src_lang="eng_Latn", tgt_lang="fra_Latn", _spm_precompiled_charsmap=charsmap))
    gemma = {piece: index for index, piece in enumerate(["<pad>", "<eos>", "<bos>", "<unk>", "<mask>", *[p for p, _ in pieces[3:]]])}
    yield "Gemma", backend(transformers.GemmaTokenizer(vocab=gemma, merges=merges))
    nmt = Tokenizer(models.WordLevel({"<unk>": 0, **{w: i + 1 for i, w in enumerate(sorted({w for t in CORPUS for w in t.split()})[:300])}}, unk_token="<unk>"))
    nmt.normalizer = normalizers.Sequence([normalizers.Nmt(), normalizers.NFKC(), normalizers.Strip()])
    nmt.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Whitespace(), pre_tokenizers.Punctuation("contiguous")])
    yield "words", nmt


if __name__ == "__main__":
    made = []
    for generator in (of_bytes, of_pieces):
        for name, tokenizer in generator():
            made.append(entry(name, tokenizer))
    target = foreign.FIXTURES / "shapes.json"
    target.write_text(json.dumps({"texts": TEXTS, "tokenizers": made}, ensure_ascii=True, separators=(",", ":")) + "\n")
    print(len(made), "tokenizers,", len(TEXTS), "texts,", target.stat().st_size, "bytes")
