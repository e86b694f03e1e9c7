"""Golden ids, offsets and texts of Tests/TextTests for tokenizers in the files of other libraries.

    python Tests/Reference/foreign_tokenizers.py

makes small tokenizers of every kind that is read (tokenizer.json with each model, SentencePiece models, Marian's and GPT-2's
pairs of files, BERT's vocab.txt, Keras' JSON and TextVectorization's vocabulary) and writes them with what the libraries
give to `foreign.json`. Offsets are in UTF-8 bytes. Versions: tokenizers 0.23.3, sentencepiece 0.2.3, transformers, tf_keras
and Keras as in shared/bench/requirements.txt.
"""

import base64
import io
import json
import tempfile
from pathlib import Path

from siblings import HERE, script  # First, see there.
import sentencepiece  # noqa: E402
from transformers import MarianTokenizer  # noqa: E402
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors  # noqa: E402
from tokenizers import trainers  # noqa: E402

texts = script("tokenizers")

FIXTURES = HERE.parent / "TextTests" / "Fixtures"
MORE = [
    "Hello world!  It's 3.14% — naïve café.", "<mask> a<mask> <mask>b", "x <w> y<w>z <w>", "The  tokens' ids, don't they?",
    "ＡＢＣ ｶﾞ ﬁ ½ ²", "<0x41> <s> </s>", "\r\na\r\n", "e\u0301", "ﬁa\u0301ﬁ", ">>fra<< Hello", "UPPER lower Ünïcödé",
]
FRAGMENTS = [
    "the", "The", "GREEN", "apple", "pommes", "mange", "naïve", "ÉCOLE", "élève", "Ünïcödé", "Straße", "ŒUVRE", "œuf", "İstanbul",
    "ΣΊΣΥΦΟΣ", "λόγος", "привет", "МИР", "日本語", "你好", "テスト", "ｶﾞｷﾞ", "한국어", "שלום", "مرحبا", "हिन्दी", "ไทย", "e\u0301", "a\u0308\u0323",
    "ﬁ", "½", "²", "Ａｂ", "ǆ", "ß", "😀", "👩‍👩‍👧", "🇫🇷", "👍🏽", "☃️", "\u200d", "\u00ad", "\ufeff", "\u200b", "\u202e", "\x01", "\x07", "\x1b[31m",
    "\x7f", "\x85", "\ufffd", "\U0010ffff", "'s", "don't", "l'eau", "aujourd'hui", "3.14", "1,000", "2024-11-26", "₤5", "50%", "...", "?!",
    "¿qué?", "¡sí!", "«oui»", "“yes”", "a_b", "C++", "e-mail", "x@y.z", "http://a.b/c?d=e", "#tag", "<b>", "</s>", "[CLS]", "<unk>", "▁", "Ġ", "##s",
    "w" * 40, "ab" * 60, "é" * 30, "日" * 30,
]
SPACES = [" ", " ", " ", " ", "", "  ", "\t", "\n", "\u00a0", "\u3000", "\u2009"]


def generated(count):
    """Texts of a few fragments each, in any order and with any space between them; the same in every run."""
    import random

    chance = random.Random(7)
    made = []
    while len(made) < count:
        parts = [chance.choice(FRAGMENTS) for _ in range(chance.randint(1, 6))]
        text = "".join(part + chance.choice(SPACES) for part in parts)
        made.append(text if chance.random() < 0.3 else text.strip())
    return made


TEXTS = [text for text in texts.TEXTS if len(text) < 60] + MORE + generated(200)
CORPUS = [
    line
    for name in ("corpus.en.txt", "corpus.fr.txt")
    for line in (FIXTURES / name).read_text().splitlines()
]


def case(text, ids, offsets, decoded, surrounded=None):
    places = texts.bytes_of(text)
    result = {"text": text, "ids": ids, "offsets": [[places[a], places[b]] for a, b in offsets], "decoded": decoded}
    if surrounded is not None:
        result["surrounded"] = surrounded
    return result


def entry(name, files, cases, side="source"):
    encoded = {file: base64.b64encode(data).decode() for file, data in files.items()}
    return {"name": name, "files": encoded, "side": side, "cases": cases}


def hugging_face(name, tokenizer, files=None, silent=()):
    """`silent` are the ids that heed leaves out of decoded text: pad, start and end."""
    cases = []
    for text in TEXTS:
        plain, full = tokenizer.encode(text, add_special_tokens=False), tokenizer.encode(text)
        kept = [i for i in plain.ids if i not in silent]
        decoded = tokenizer.decode(kept, skip_special_tokens=False)
        cases.append(case(text, plain.ids, plain.offsets, decoded, full.ids if full.ids != plain.ids else None))
    return entry(name, files or {"tokenizer.json": tokenizer.to_str().encode()}, cases)


def trained(model, trainer, **parts):
    tokenizer = Tokenizer(model)
    for part, value in parts.items():
        setattr(tokenizer, part, value)
    tokenizer.train_from_iterator(CORPUS, trainer)
    return tokenizer


def tokenizers_files():
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    for lower in (True, False):
        bert = trained(
            models.WordPiece(unk_token="[UNK]"), trainers.WordPieceTrainer(vocab_size=300, special_tokens=special),
            normalizer=normalizers.BertNormalizer(lowercase=lower), pre_tokenizer=pre_tokenizers.BertPreTokenizer(),
            decoder=decoders.WordPiece())
        bert.post_processor = processors.TemplateProcessing(
            single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
        yield hugging_face(f"bert, lowercase {lower}", bert, silent=(0, 2, 3))
        if lower:
            vocabulary = "".join(bert.id_to_token(i) + "\n" for i in range(bert.get_vocab_size())).encode()
            yield hugging_face("vocab.txt", bert, {"vocab.txt": vocabulary}, silent=(0, 2, 3))

    roberta = trained(
        models.BPE(), trainers.BpeTrainer(vocab_size=500, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=["<s>", "<pad>", "</s>", "<unk>"]), pre_tokenizer=pre_tokenizers.ByteLevel(add_prefix_space=False),
        decoder=decoders.ByteLevel())
    gpt2 = Tokenizer.from_str(roberta.to_str())
    gpt2.post_processor = processors.ByteLevel(trim_offsets=True)
    content = json.loads(gpt2.to_str())["model"]
    merges = "#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in content["merges"])
    files = {"vocab.json": json.dumps(content["vocab"]).encode(), "merges.txt": merges.encode()}
    plain = Tokenizer.from_str(gpt2.to_str())
    plain.post_processor = processors.ByteLevel(trim_offsets=True, add_prefix_space=False)
    yield hugging_face("vocab.json and merges.txt", plain, files, silent=(0, 1, 2))
    roberta.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    roberta.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=True)
    roberta.add_special_tokens([AddedToken("<mask>", lstrip=True, special=True)])
    roberta.add_tokens([AddedToken("<w>", single_word=True, rstrip=True), AddedToken("TOKENS", normalized=True)])
    yield hugging_face("roberta", roberta, silent=(0, 1, 2))

    llama = trained(
        models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True),
        trainers.BpeTrainer(vocab_size=420, special_tokens=["<unk>", "<s>", "</s>"] + [f"<0x{b:02X}>" for b in range(256)]),
        normalizer=normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]),
        decoder=decoders.Sequence(
            [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]))
    content = json.loads(llama.to_str())
    content["added_tokens"] = [t for t in content["added_tokens"] if not t["content"].startswith("<0x")]
    llama = Tokenizer.from_str(json.dumps(content))
    llama.post_processor = processors.TemplateProcessing(single="<s> $A", pair="<s> $A $B", special_tokens=[("<s>", 1)])
    yield hugging_face("bytes where BPE fails", llama, silent=(1, 2))

    clip = trained(
        models.BPE(unk_token="<unk>", end_of_word_suffix="</w>"),
        trainers.BpeTrainer(vocab_size=260, special_tokens=["<unk>"], end_of_word_suffix="</w>"),
        normalizer=normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()]),
        pre_tokenizer=pre_tokenizers.Sequence([pre_tokenizers.Whitespace(), pre_tokenizers.Digits(individual_digits=True)]),
        decoder=decoders.BPEDecoder())
    yield hugging_face("ends of words marked", clip)

    marked = trained(
        models.BPE(unk_token="<unk>", continuing_subword_prefix="##"),
        trainers.BpeTrainer(vocab_size=260, special_tokens=["<unk>"], continuing_subword_prefix="##"),
        normalizer=normalizers.NFKD(),
        pre_tokenizer=pre_tokenizers.Sequence(
            [pre_tokenizers.CharDelimiterSplit(" "), pre_tokenizers.Punctuation("isolated"), pre_tokenizers.Digits()]))
    yield hugging_face("continuations marked", marked)

    whole = Tokenizer(models.BPE({"a": 0, "b": 1, "c": 2, "ab": 3, "abc": 4, "?": 5}, [("a", "b")], unk_token="?", ignore_merges=True))
    whole.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation("merged_with_previous")])
    yield hugging_face("merges ignored", whole)

    for fallback in (False, True):
        spm = sentencepiece_model("unigram", byte_fallback=fallback, vocab_size=600 if fallback else 300)
        import sentencepiece.sentencepiece_model_pb2 as pb

        proto = pb.ModelProto.FromString(spm)
        unigram = Tokenizer(models.Unigram([(p.piece, p.score) for p in proto.pieces], unk_id=0, byte_fallback=fallback))
        unigram.normalizer = normalizers.Sequence(
            [normalizers.Precompiled(proto.normalizer_spec.precompiled_charsmap), normalizers.Replace(texts.Regex(" {2,}"), " ")])
        unigram.pre_tokenizer = pre_tokenizers.Metaspace()
        unigram.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Metaspace()]) if fallback else decoders.Metaspace()
        unigram.post_processor = processors.TemplateProcessing(single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 2)])
        unigram.add_special_tokens(["<s>", "</s>"])
        yield hugging_face(f"unigram, bytes {fallback}", unigram, silent=(1, 2))


def sentencepiece_model(kind, **options):
    with tempfile.TemporaryDirectory() as folder:
        rules = Path(folder) / "rules.tsv"
        pairs = {"ﬁ": "fi", "½": "1⁄2", "²": "2", "\u3000": " ", "\u00a0": " ", "\u202f": " ", "\t": " ", "\n": " ", "\u200b": "",
                 "e\u0301": "é", "a\u0300": "à", "Ａ": "A", "Ｂ": "B", "Ｃ": "C", "ｶﾞ": "ガ", "…": "...", "\u00ad": "", "’": "'"}
        rules.write_text("".join(
            " ".join(f"{ord(c):X}" for c in old) + "\t" + " ".join(f"{ord(c):X}" for c in new) + "\n" for old, new in pairs.items()))
        written = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(CORPUS), model_writer=written, model_type=kind, normalization_rule_tsv=str(rules),
            minloglevel=3, num_threads=1,
            hard_vocab_limit=False, **options)
        return written.getvalue()


def sentencepiece_cases(processor):
    cases = []
    for text in TEXTS:
        if "\0" in text:  # The library's C++ and Python sides differ on it.
            continue
        found = processor.encode(text, return_type="proto")
        ids = [p.id for p in found.pieces]
        offsets = [(p.begin, p.end) for p in found.pieces]
        decoded = processor.decode(ids)
        cases.append({"text": text, "ids": ids, "offsets": offsets, "decoded": decoded})  # Offsets are bytes here.
    return cases


def sentencepiece_files():
    for kind, options in (("unigram", {"vocab_size": 300}), ("bpe", {"vocab_size": 600, "byte_fallback": True}), ("char", {"vocab_size": 90})):
        data = sentencepiece_model(kind, **options)
        processor = sentencepiece.SentencePieceProcessor(model_proto=data)
        yield entry(f"SentencePiece {kind}", {"spiece.model": data}, sentencepiece_cases(processor))

    source, target = sentencepiece_model("unigram", vocab_size=250), sentencepiece_model("unigram", vocab_size=300)
    processors_ = [sentencepiece.SentencePieceProcessor(model_proto=data) for data in (source, target)]
    pieces = sorted({p.id_to_piece(i) for p in processors_ for i in range(3, p.get_piece_size())})[20:]
    vocabulary = {"</s>": 0, "<unk>": 1, ">>fra<<": 2, **{piece: i + 3 for i, piece in enumerate(pieces)}}
    vocabulary["<pad>"] = len(vocabulary)
    files = {"source.spm": source, "target.spm": target, "vocab.json": json.dumps(vocabulary).encode()}
    with tempfile.TemporaryDirectory() as folder:
        for file, data in files.items():
            (Path(folder) / file).write_bytes(data)
        paths = [str(Path(folder) / file) for file in files]
        marian = MarianTokenizer(*paths, separate_vocabs=False)
        for side in ("source", "target"):
            encode = (lambda t: marian(t)) if side == "source" else (lambda t: marian(text_target=t))
            cases = []
            pieces_of = processors_[0 if side == "source" else 1]
            for text in (t for t in TEXTS if "\0" not in t):
                ids = encode(text).input_ids[:-1]
                cases.append({"text": text, "ids": ids})
                # The library gives no offsets; SentencePiece's hold where it cuts the whole text.
                found = pieces_of.encode(text, return_type="proto").pieces
                if [vocabulary.get(p.piece, vocabulary["<unk>"]) for p in found] == ids:
                    cases[-1]["offsets"] = [(p.begin, p.end) for p in found]
                if side == "target":
                    cases[-1]["decoded"] = marian.spm_target.decode([marian.decoder[i] for i in ids if i not in (0, vocabulary["<pad>"])])
            yield entry(f"Marian {side}", files, cases, side)


def keras_files():
    import tf_keras

    for name, options in {
        "Keras": {}, "Keras with unknown": {"num_words": 40, "oov_token": "<oov>"},
        "Keras characters": {"char_level": True, "lower": False, "oov_token": "<oov>"},
    }.items():
        tokenizer = tf_keras.preprocessing.text.Tokenizer(**options)
        tokenizer.fit_on_texts(CORPUS)
        cases = [{"text": t, "ids": ids} for t, ids in zip(TEXTS, tokenizer.texts_to_sequences(TEXTS))]
        yield entry(name, {"tokenizer.json": tokenizer.to_json().encode()}, cases)

    import keras

    layer = keras.layers.TextVectorization(max_tokens=160)
    # Capital letters with accents stay capital: TensorFlow's lower case is ASCII's.
    layer.adapt(CORPUS + 20 * ["ÉCOLE École ŒUVRE 日本語 e\u0301"])
    vocabulary = layer.get_vocabulary()
    cases = [{"text": text, "ids": [int(i) for i in layer(text).numpy()]} for text in TEXTS]
    lines = "".join(word + "\n" for word in vocabulary).encode()
    yield entry("TextVectorization", {"vocab.txt": lines}, cases)


if __name__ == "__main__":
    made = [*tokenizers_files(), *sentencepiece_files(), *keras_files()]
    (FIXTURES / "foreign.json").write_text(json.dumps(made, ensure_ascii=True, separators=(",", ":")) + "\n")
    print(len(made), "tokenizers,", sum(len(m["cases"]) for m in made), "cases")
