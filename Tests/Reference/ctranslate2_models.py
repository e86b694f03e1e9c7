"""Writes Tests/ModelsTests/Fixtures/ctranslate2: folders of CTranslate2 and, in expected.json, what their weights compute.

    python Tests/Reference/ctranslate2_models.py [SHARED]

A tiny Marian model of random weights is converted by CTranslate2 4.8.5 in several precisions; `old-i8` and `old-i16` are
CTranslate2's own test model (MIT, see the README beside them) from SHARED/fixtures/ct2-aren-transliteration. CTranslate2
returns one head of one layer alone, so the numbers come from the forward pass below over the file's own weights, widened;
it is checked against Transformers' eager attention for the model before its conversion, against the numbers of SHARED, and
every case against CTranslate2 itself: ids, scores, and the attention that it returns.
"""

import json
import math
import pathlib
import shutil
import struct
import sys
import tempfile

from siblings import HERE, script  # First, see there.
import ctranslate2  # noqa: E402
import numpy as np  # noqa: E402
import sentencepiece  # noqa: E402
import torch  # noqa: E402
import transformers  # noqa: E402

foreign = script("foreign_tokenizers")

FOLDER = HERE.parent / "ModelsTests" / "Fixtures" / "ctranslate2"
STEPS = 7


def variables(path):
    data, at = path.read_bytes(), 0

    def take(code):
        nonlocal at
        value = struct.unpack_from("<" + code, data, at)[0]
        at += struct.calcsize("<" + code)
        return value

    def text():
        nonlocal at
        length = take("H")
        at += length
        return data[at - length : at - 1].decode()

    version = take("I")
    if version >= 2:
        text(), take("I")
    found = {}
    for _ in range(take("I")):
        name, shape = text(), tuple(take("I") for _ in range(take("B")))
        code, size = take("B"), take("I")
        if version < 4:
            code, size = {4: 0, 2: 2, 1: 1}[code], code * size
        kind = [np.float32, np.int8, np.int16, np.int32, np.float16, np.uint16][code]
        array = np.frombuffer(data, kind, size // np.dtype(kind).itemsize, at).reshape(shape)
        if code == 5:
            array = (array.astype(np.uint32) << 16).view(np.float32)
        at += size
        found[name] = array.astype(np.float32)
    if version >= 3:
        for _ in range(take("I")):
            alias, name = text(), text()
            found[alias] = found[name]
            if name + "_scale" in found:  # As the library does: the scale goes with its integers.
                found[alias + "_scale"] = found[name + "_scale"]
    assert at == len(data)
    return found


def modern(old):
    words = {"LayerNorm": "layer_norm", "kernel": "weight", "dense": "projection", "conv1d": "linear_0", "conv1d_1": "linear_1",
             "conv1d_2": "linear_2", "masked_multi_head": "self_attention"}
    new = {}
    for name, array in old.items():
        parts = name.removesuffix(":0").split("/")[1:]
        words["multi_head"] = "self_attention" if parts[0] == "encoder" else "attention"
        new["/".join(words.get(p, p) for p in parts).replace("w_embs", "embeddings/weight")] = array
    return new


class Model:
    def __init__(self, path, heads, activation="relu", pre_norm=True, integer=None):
        found = variables(path)
        if any(name.startswith("transformer/") for name in found):
            found = modern(found)
        self.w = {}
        for name, array in found.items():
            scale = found.get(name + "_scale", integer if array.ndim == 2 and np.all(array == np.round(array)) else None)
            if scale is not None:
                array = array / (scale[:, None] if np.ndim(scale) == 1 else scale)
            self.w[name] = torch.tensor(array, dtype=torch.float64)
        if "encoder/embeddings/weight" in self.w:
            self.w["encoder/embeddings_0/weight"] = self.w["encoder/embeddings/weight"]
        self.heads, self.pre_norm = heads, pre_norm
        self.activation = {"relu": torch.relu, "swish": torch.nn.functional.silu}[activation]
        self.width = self.w["decoder/embeddings/weight"].shape[1]
        self.zero_start = "decoder/start_from_zero_embedding" in self.w

    def linear(self, x, name):
        bias = self.w.get(name + "/bias")
        y = x @ self.w[name + "/weight"].T
        return y if bias is None else y + bias

    def norm(self, x, name):
        if name + "/gamma" not in self.w:
            return x
        return torch.nn.functional.layer_norm(x, (self.width,), self.w[name + "/gamma"], self.w[name + "/beta"], 1e-5)

    def positions(self, stack, count):
        table = self.w.get(stack + "/position_encodings/encodings")
        if table is not None:
            return table[:count]
        half = self.width // 2
        rates = torch.exp(-torch.arange(half, dtype=torch.float64) * math.log(10000) / (half - 1))
        angles = torch.arange(1, count + 1, dtype=torch.float64)[:, None] * rates
        return torch.cat([angles.sin(), angles.cos()], 1)

    def attend(self, q, k, v, causal):
        def split(x):
            return x.reshape(len(x), self.heads, -1).transpose(0, 1)

        q, k, v = split(q), split(k), split(v)
        scores = q @ k.transpose(1, 2) / math.sqrt(q.shape[-1])
        if causal:
            scores = scores.masked_fill(torch.ones(scores.shape[1:]).triu(1).bool(), -torch.inf)
        weights = scores.softmax(-1)
        return weights, (weights @ v).transpose(0, 1).reshape(q.shape[1], -1)

    def block(self, x, name, function):
        y = function(self.norm(x, name + "/layer_norm") if self.pre_norm else x)
        return x + y if self.pre_norm else self.norm(x + y, name + "/layer_norm")

    def stack(self, stack, x, memory=None):
        found = {"self": [], "cross": []}

        def self_attention(name, causal):
            def run(x):
                weights, y = self.attend(*self.linear(x, name + "/linear_0").split(self.width, 1), causal)
                found["self"].append(weights)
                return self.linear(y, name + "/linear_1")
            return run

        def cross_attention(name):
            def run(x):
                keys, values = self.linear(memory, name + "/linear_1").split(self.width, 1)
                weights, y = self.attend(self.linear(x, name + "/linear_0"), keys, values, False)
                found["cross"].append(weights)
                return self.linear(y, name + "/linear_2")
            return run

        layer = 0
        while f"{stack}/layer_{layer}/ffn/linear_0/weight" in self.w:
            name = f"{stack}/layer_{layer}"
            x = self.block(x, name + "/self_attention", self_attention(name + "/self_attention", memory is not None))
            if memory is not None:
                x = self.block(x, name + "/attention", cross_attention(name + "/attention"))
            x = self.block(x, name + "/ffn", lambda x: self.linear(self.activation(self.linear(x, name + "/ffn/linear_0")), name + "/ffn/linear_1"))
            layer += 1
        return self.norm(x, stack + "/layer_norm"), found

    def decode(self, source, start, steps, end=None):
        scale = math.sqrt(self.width)
        embedded = self.w["encoder/embeddings_0/weight"][source] * scale + self.positions("encoder", len(source))
        memory, encoder = self.stack("encoder", embedded)
        ids, inputs = [], torch.zeros(1, self.width, dtype=torch.float64) if self.zero_start else self.w["decoder/embeddings/weight"][[start]]
        for _ in range(steps):
            x = inputs * scale + self.positions("decoder", len(inputs))
            y, decoder = self.stack("decoder", x, memory)
            logits = self.linear(y, "decoder/projection")
            ids.append(int(logits[-1].argmax()))
            margin = logits[-1].topk(2).values
            assert margin[0] - margin[1] > 1e-4, "too close to call"
            if ids[-1] == end:
                break
            inputs = torch.cat([inputs, self.w["decoder/embeddings/weight"][ids[-1:]]])
        return ids, torch.stack(encoder["self"]), torch.stack(decoder["self"]), torch.stack(decoder["cross"]), logits


def rounded(tensor):
    return [[[[round(float(x), 7) for x in row] for row in head] for head in layer] for layer in tensor]


def case(folder, model, source, start, end):
    ids, encoder, decoder, cross, logits = model.decode(source, start, STEPS, end)
    scores = logits.log_softmax(-1)[torch.arange(len(ids)), ids]
    return {"folder": folder, "source": source, "ids": ids, "scores": [round(float(x), 6) for x in scores],
            "encoder": rounded(encoder), "decoder": rounded(decoder), "cross": rounded(cross)}


def marian():
    torch.manual_seed(11)
    spm = foreign.sentencepiece_model("unigram", vocab_size=120)
    processor = sentencepiece.SentencePieceProcessor(model_proto=spm)
    pieces = sorted({processor.id_to_piece(i) for i in range(3, processor.get_piece_size())})
    vocabulary = {"</s>": 0, "<unk>": 1, ">>fra<<": 2, **{piece: i + 3 for i, piece in enumerate(pieces)}}
    pad = vocabulary["<pad>"] = len(vocabulary)
    with tempfile.TemporaryDirectory() as name:
        original = pathlib.Path(name)
        for file in ("source.spm", "target.spm"):
            (original / file).write_bytes(spm)
        (original / "vocab.json").write_text(json.dumps(vocabulary))
        config = transformers.MarianConfig(
            vocab_size=len(vocabulary), d_model=16, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4,
            decoder_attention_heads=4, encoder_ffn_dim=24, decoder_ffn_dim=24, activation_function="swish", pad_token_id=pad,
            decoder_start_token_id=pad, eos_token_id=0, bos_token_id=0, forced_eos_token_id=0, scale_embedding=True,
            max_position_embeddings=32, init_std=0.3)
        model = transformers.MarianMTModel(config).eval()
        model.set_attn_implementation("eager")
        with torch.no_grad():
            for parameter in model.parameters():
                if parameter.dim() == 1:  # Biases and norms start as zeros and ones, which would hide mistakes.
                    parameter.add_(torch.randn_like(parameter) * 0.2)
            model.get_input_embeddings().weight[pad] = 0
        model.save_pretrained(original)
        transformers.MarianTokenizer(*(str(original / f) for f in ("source.spm", "target.spm", "vocab.json"))).save_pretrained(original)
        for name, quantization in (("marian", None), ("marian-i8", "int8"), ("marian-i16", "int16"), ("marian-f16", "float16")):
            converter = ctranslate2.converters.TransformersConverter(str(original), copy_files=["source.spm", "target.spm"])
            converter.convert(str(FOLDER / name), quantization=quantization, force=True)
            made = Model(FOLDER / name / "model.bin", 4, "swish", pre_norm=False)
            for source in ([5, 17, 60, 9, 0], [44, 0]):
                yield case(name, made, source, pad, 0)
                if quantization is None:
                    check(model, made, source, pad)


def check(model, made, source, pad):
    """The forward pass here against Transformers."""
    ids, encoder, decoder, cross, logits = made.decode(source, pad, STEPS, 0)
    with torch.no_grad():
        found = model(input_ids=torch.tensor([source]), decoder_input_ids=torch.tensor([[pad, *ids[:-1]]]), output_attentions=True)
    for ours, theirs in ((encoder, found.encoder_attentions), (decoder, found.decoder_attentions), (cross, found.cross_attentions)):
        assert (ours - torch.stack(theirs)[:, 0]).abs().max() < 1e-5
    assert (logits - found.logits[0, :, :-1]).abs().max() < 1e-4


def old(shared):
    fixtures = pathlib.Path(shared) / "fixtures" / "ct2-aren-transliteration"
    for name, path, scale in (("old-i8", "v2/aren-transliteration-i8", None), ("old-i16", "v1/aren-transliteration-i16", 1000)):
        (FOLDER / name).mkdir(parents=True, exist_ok=True)
        for file in ("model.bin", "source_vocabulary.txt", "target_vocabulary.txt"):
            shutil.copy(fixtures / path / file, FOLDER / name / file)
        made = Model(FOLDER / name / "model.bin", 8, integer=scale)
        for source in ([31, 10, 19, 13, 5, 7], [10, 4, 8]):
            yield case(name, made, source, 1, 2)
    shutil.copy(fixtures / "LICENSE.txt", FOLDER / "LICENSE.txt")
    full = Model(fixtures / "v2" / "aren-transliteration" / "model.bin", 8)
    numbers, words = np.load(fixtures / "expected.npz"), json.loads((fixtures / "expected.json").read_text())["cases"]
    for index, word in enumerate(words):
        ids, _, _, cross, logits = full.decode(word["src_ids"], 1, 20, 2)
        assert [1, *ids] == word["out_ids"]
        assert np.abs(cross.numpy() - numbers[f"{index}_cross"]).max() < 1e-5


def pieces(folder, side):
    for path in (folder / f"{side}_vocabulary.json", folder / "shared_vocabulary.json"):
        if path.exists():
            return json.loads(path.read_text())
    return (folder / f"{side}_vocabulary.txt").read_text().splitlines()


def check_with_the_library(item):
    """One case against CTranslate2's own decoding of the same file, computed in float32."""
    folder = FOLDER / item["folder"]
    source, target = pieces(folder, "source"), pieces(folder, "target")
    translator = ctranslate2.Translator(str(folder), compute_type="float32", intra_threads=1)
    given = [source[i] for i in item["source"]]
    found = translator.translate_batch([given], beam_size=1, max_decoding_length=STEPS, return_attention=True)[0]
    ids = [i for i in item["ids"] if target[i] != "</s>"]
    assert [target.index(piece) for piece in found.hypotheses[0]] == ids
    scores = translator.score_batch([given], [[target[i] for i in ids]])[0].log_probs
    assert np.abs(np.subtract(scores[: len(item["ids"])], item["scores"])).max() < 1e-5
    # The first head of the last layer, for every token but the end.
    cross = np.array(item["cross"])[-1, 0, : len(ids)]
    assert np.abs(np.array(found.attention[0])[: len(ids)] - cross).max() < 1e-5


if __name__ == "__main__":
    shared = sys.argv[1] if len(sys.argv) > 1 else HERE.parent.parent.parent / "shared"
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    cases = [*marian(), *old(shared)]
    for item in cases:
        check_with_the_library(item)
    (FOLDER / "expected.json").write_text(json.dumps(cases) + "\n")
    (FOLDER / "README.md").write_text(
        "`old-i8` and `old-i16` are CTranslate2's own test model, from OpenNMT/CTranslate2, MIT (`LICENSE.txt`); everything "
        "else is made by `Tests/Reference/ctranslate2_models.py`.\n")
    print(len(cases), "cases")
