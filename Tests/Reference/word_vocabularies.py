"""Golden ids of Tests/ModelsTests for vocabularies that are no more than words and their numbers.

    python Tests/Reference/word_vocabularies.py

makes small vocabularies as tutorials keep them (`Lang`s of PyTorch's, pickled or saved by PyTorch, the Keras tokenizer and
the TextVectorization of TensorFlow's two translation tutorials, the date translator's letters, plain lists and tables) and
writes them to `vocabularies.json` with the ids that the tutorial's own steps give for some three hundred texts. What those
steps would fail on, a word that a table lacks, is left out of the ids. Plain lists have no library; there the pipeline that
heed documents is built with Hugging Face's tokenizers, whose offsets, in UTF-8 bytes, are kept too. Versions: tf_keras
2.21.0, Keras 3.15.1, TensorFlow 2.21.0, PyTorch 2.13.0, tokenizers 0.23.3.
"""

import base64
import collections
import io
import json
import pickle
import re
import unicodedata

from siblings import HERE, script  # First, see there.
import keras  # noqa: E402
import tensorflow as tf  # noqa: E402
import tf_keras  # noqa: E402
import torch  # noqa: E402
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers  # noqa: E402

shapes = script("tokenizer_shapes")

FIXTURE = HERE.parent / "ModelsTests" / "Fixtures" / "vocabularies.json"
# Python's strings may hold what no UTF-8 file does.
TEXTS = [text for text in shapes.TEXTS if "\0" not in text]


def entry(name, file, data, ids, offsets=None):
    made = {"name": name, "file": file, "data": base64.b64encode(data).decode(), "ids": ids}
    return made | ({"offsets": offsets} if offsets else {})


def known(words, least=1):
    """Words of the texts in the order of how often they come, every seventh left out so that it is unknown."""
    counted = collections.Counter(words)
    often = [word for word, count in counted.most_common() if count >= least and word]
    return [word for place, word in enumerate(often) if place % 7 != 6]


def without_accents(text):
    return "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")


class Lang:
    """As PyTorch's sequence-to-sequence tutorial has it."""

    def __init__(self, name):
        self.name, self.word2index, self.word2count = name, {}, {}
        self.index2word, self.n_words = {0: "SOS", 1: "EOS"}, 2

    def addWord(self, word):
        if word not in self.word2index:
            self.word2index[word], self.word2count[word] = self.n_words, 1
            self.index2word[self.n_words] = word
            self.n_words += 1
        else:
            self.word2count[word] += 1


def torch_tutorial():
    def saved(**options):
        def dumps(lang):
            file = io.BytesIO()
            torch.save(lang, file, **options)
            return file.getvalue()

        return dumps

    # Until 2023 full stops were kept.
    for name, marks, dumps in (
        ("Lang, later", "!?", lambda lang: pickle.dumps(lang, protocol=4)),
        ("Lang, earlier", ".!?", lambda lang: pickle.dumps(lang, protocol=2)),
        ("Lang as text", ".!?", lambda lang: pickle.dumps(lang, protocol=0)),
        ("Lang of protocol 1", ".!?", lambda lang: pickle.dumps(lang, protocol=1)),
        ("Lang by torch.save", "!?", saved()),
        ("Lang by torch.save of before 1.6", "!?", saved(_use_new_zipfile_serialization=False)),
    ):
        def normalize(text):
            text = without_accents(text.lower().strip())
            text = re.sub(r"([.!?])", r" \1", text)
            return re.sub(rf"[^a-zA-Z{marks}]+", r" ", text).strip()

        lang = Lang("eng")
        for word in known(word for text in TEXTS for word in normalize(text).split(" ")) + list(marks):
            lang.addWord(word)
        ids = [[lang.word2index[w] for w in normalize(t).split(" ") if w in lang.word2index] for t in TEXTS]
        yield entry(name, "lang.pkl", dumps(lang), ids)


def tensorflow_tutorials():
    def prepare(text):
        text = without_accents(text.lower().strip())
        text = re.sub(r"([?.!,¿])", r" \1 ", text)
        text = re.sub(r'[" "]+', " ", text)
        text = re.sub(r"[^a-zA-Z?.!,¿]+", " ", text)
        return "<start> " + text.strip() + " <end>"

    words = known(word for text in TEXTS for word in prepare(text).split())
    tokenizer = tf_keras.preprocessing.text.Tokenizer(filters="")
    tokenizer.fit_on_texts([" ".join(words)])
    ids = tokenizer.texts_to_sequences([prepare(text) for text in TEXTS])
    ends = {tokenizer.word_index["<start>"], tokenizer.word_index["<end>"]}
    yield entry("tutorial, Keras tokenizer", "words.json", tokenizer.to_json().encode(), [[i for i in s if i not in ends] for s in ids])
    table = {word: i for word, i in tokenizer.word_index.items()}
    yield entry("tutorial, table", "table.json", json.dumps(table).encode(), [[i for i in s if i not in ends] for s in ids])

    def standardize(text):
        text = tf.strings.lower(text)
        text = tf.strings.regex_replace(text, "[^ a-z.?!,¿]", "")
        text = tf.strings.regex_replace(text, "[.?!,¿]", r" \0 ")
        return tf.strings.join(["[START]", tf.strings.strip(text), "[END]"], separator=" ")

    layer = keras.layers.TextVectorization(standardize=standardize, max_tokens=300, ragged=True)
    decomposed = [unicodedata.normalize("NFKD", text) for text in TEXTS]
    layer.adapt(decomposed)
    ids = [[int(i) for i in layer([text])[0].numpy()] for text in decomposed]
    lines = "".join(word + "\n" for word in layer.get_vocabulary())
    # Without [START] and [END], which are put around every text.
    yield entry("tutorial, TextVectorization", "vocab.txt", lines.encode(), [s[1:-1] for s in ids])


def letters():
    # Of the course's date translator: commas are taken out, what is unknown has a token.
    characters = sorted({c for text in TEXTS[:200] for c in text.lower() if len(c.encode()) < 3} - {",", "é"})
    table = {c: i for i, c in enumerate(characters + ["<unk>", "<pad>"])}
    ids = [[table.get(c, table["<unk>"]) for c in text.lower().replace(",", "")] for text in TEXTS]
    yield entry("letters", "human.json", json.dumps(table).encode(), ids)


def plain():
    for name, file, lowers in (
        ("list", "words.txt", True), ("list with capitals", "words.txt", False), ("table", "words.json", True)
    ):
        tokenizer = Tokenizer(models.WordLevel({"<unk>": 0}, unk_token="<unk>"))
        steps = [normalizers.NFC(), normalizers.Lowercase()] if lowers else [normalizers.NFC()]
        tokenizer.normalizer = normalizers.Sequence(steps)
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
            pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Split(Regex(r"[^\p{L}\p{M}\p{N}'’_-]"), "isolated")])
        cut = [tokenizer.pre_tokenizer.pre_tokenize_str(tokenizer.normalizer.normalize_str(text)) for text in TEXTS]
        words = [w for w in known(word for text in cut for word, _ in text) if not re.search(r"[\r\n\x85\u2028\u2029]", w)]
        table = {word: i for i, word in enumerate(["<pad>", "<unk>"] + words)}
        tokenizer.model = models.WordLevel(table, unk_token="<unk>")
        data = "".join(word + "\n" for word in table) if file == "words.txt" else json.dumps(table)
        if file == "words.txt":
            tokenizer.add_special_tokens(["<pad>", "<unk>"])
        encoded = [tokenizer.encode(text) for text in TEXTS]
        offsets = []
        for text, found in zip(TEXTS, encoded):
            places = shapes.foreign.texts.bytes_of(text)
            offsets.append([places[place] for pair in found.offsets for place in pair])
        yield entry(name, file, data.encode(), [found.ids for found in encoded], offsets)


if __name__ == "__main__":
    made = [*torch_tutorial(), *tensorflow_tutorials(), *letters(), *plain()]
    FIXTURE.write_text(json.dumps({"texts": TEXTS, "vocabularies": made}, ensure_ascii=True, separators=(",", ":")) + "\n")
    print(len(made), "vocabularies,", len(TEXTS), "texts each")
