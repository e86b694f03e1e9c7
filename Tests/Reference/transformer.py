"""Golden numbers of whole Transformers, for Tests/ModelsTests: attention of every site, layer and head, logits, loss,
gradients, and greedy ids, sentence by sentence and without padding.

The model is written plainly over named tensors in Keras layout; where PyTorch's own nn.TransformerEncoder and
nn.TransformerDecoder have the variant, the script stops unless they, given a padded batch and masks, agree.

    python Tests/Reference/transformer.py
"""
import json

import numpy as np
import torch
import torch.nn.functional as F

from golden import END, PAD, SOURCE_VOCABULARY, START, TARGET_VOCABULARY, UNKNOWN, close, normal, write

REFERENCE = f"PyTorch {torch.__version__.split('+')[0]}"
GREEDY_STEPS = 8
SOURCES = [[5, 9, 12, 4, 2], [7, 3, 2], [11, 2]]
TARGETS = [[4, 7, 10, 2], [9, 5, 6, 8, 4, 2], [6, 2]]
PROMPTS = [[1, 9, 10, 4], [1, 3], [1]]
LABELS = [[4, 7, 10, 2, 6], [9, 0, 5], [6, 2]]  # one for each source token; PAD is not counted

DEFAULTS = {"kind": "encoder-decoder", "encoder_layers": 2, "decoder_layers": 3, "heads": 2, "width": 10,
            "feed_forward_width": 9, "activation": "relu", "normalization": "after", "norm_epsilon": 1e-5,
            "final_norm": False, "positions": "sinusoidal", "scale_embeddings": True, "tied_embeddings": "target",
            "output_bias": True, "source_vocabulary_size": SOURCE_VOCABULARY,
            "target_vocabulary_size": TARGET_VOCABULARY, "max_source_length": 7, "max_target_length": 9}
PRE = {"normalization": "before", "final_norm": True}
CASES = {
    "transformer-post": {},
    "transformer-pre": {**PRE, "activation": "gelu", "positions": "learned", "scale_embeddings": False,
                        "tied_embeddings": "none", "output_bias": False},
    # Widths of one head that are not width / heads; one vocabulary and one matrix for everything.
    "transformer-wide": {**PRE, "activation": "swish", "positions": "interleaved", "heads": 3,
                         "key_width": 5, "value_width": 4, "tied_embeddings": "all",
                         "target_vocabulary_size": SOURCE_VOCABULARY, "norm_epsilon": 1e-6},
    "decoder-only-pre": {**PRE, "kind": "decoder-only", "activation": "gelu", "positions": "learned",
                         "scale_embeddings": False, "source_vocabulary_size": TARGET_VOCABULARY},
    "decoder-only-plain": {"kind": "decoder-only", "positions": "none", "tied_embeddings": "none",
                           "source_vocabulary_size": TARGET_VOCABULARY},
    "encoder-only-post": {"kind": "encoder-only", "positions": "interleaved", "tied_embeddings": "none"},
    "encoder-only-pre": {**PRE, "kind": "encoder-only", "tied_embeddings": "all", "activation": "gelu",
                         "target_vocabulary_size": SOURCE_VOCABULARY},
}


def head_widths(o):
    return o.get("key_width", o["width"] // o["heads"]), o.get("value_width", o["width"] // o["heads"])


def shapes(o):
    """Every parameter's shape under our names."""
    width, heads, inner = o["width"], o["heads"], o["feed_forward_width"]
    key, value = head_widths(o)
    found = {}

    def linear(name, inputs, outputs):
        found.update({f"{name}.kernel": (inputs, outputs), f"{name}.bias": (outputs,)})

    def norm(name):
        found.update({f"{name}.gamma": (width,), f"{name}.beta": (width,)})

    def attention(name):
        for part, columns in (("query", key), ("key", key), ("value", value)):
            linear(f"{name}.{part}", width, heads * columns)
        linear(f"{name}.output", heads * value, width)

    def stack(side, layers, cross):
        for n in range(layers):
            block = f"{side}.layers.{n}"
            for site in ("attention", "cross_attention")[:2 if cross else 1]:
                attention(f"{block}.{site}")
                norm(f"{block}.{site}_norm")
            linear(f"{block}.feed_forward.inner", width, inner)
            linear(f"{block}.feed_forward.outer", inner, width)
            norm(f"{block}.feed_forward_norm")
        if o["final_norm"]:
            norm(f"{side}.norm")

    sides = {"encoder-decoder": ("encoder", "decoder"), "encoder-only": ("encoder",),
             "decoder-only": ("decoder",)}[o["kind"]]
    positions = {"encoder": o["max_source_length"], "decoder": o["max_target_length"] +
                 (o["max_source_length"] if o["kind"] == "decoder-only" else 0)}
    for side in sides:
        stack(side, o[f"{side}_layers"], cross=len(sides) == 2 and side == "decoder")
        if o["positions"] == "learned":
            found[f"{side}.positions.weight"] = (positions[side], width)
        if o["tied_embeddings"] != "all":
            size = o["source_vocabulary_size" if side == "encoder" else "target_vocabulary_size"]
            found[f"{side}.embedding.weight"] = (size, width)
    if o["tied_embeddings"] == "all":
        found["embedding.weight"] = (o["source_vocabulary_size"], width)
    if o["tied_embeddings"] == "none":
        found["output.kernel"] = (width, o["target_vocabulary_size"])
    if o["output_bias"]:
        found["output.bias"] = (o["target_vocabulary_size"],)
    return found


def draw(o, seed):
    """Weights whose attention is not flat; norms near 1, biases large enough to be missed when forgotten."""
    drawn = {}
    for name, shape in shapes(o).items():
        if name.endswith("gamma"):
            drawn[name] = 1 + normal(seed, name, shape, 0.3)
        elif name.endswith(("bias", "beta")):
            drawn[name] = normal(seed, name, shape, 0.4)
        elif name.endswith("weight"):  # Small beside what the layers add, so that a tied output varies.
            drawn[name] = normal(seed, name, shape, 0.3)
        else:
            drawn[name] = normal(seed, name, shape, 2.5 / shape[0] ** 0.5)
    return drawn


ACTIVATIONS = {"relu": F.relu, "gelu": F.gelu, "swish": F.silu}


class Transformer:
    """A Transformer over one sentence at a time; `p` holds named tensors."""

    def __init__(self, options, p):
        self.o, self.p = options, p

    def linear(self, name, x):
        return x @ self.p[f"{name}.kernel"] + self.p[f"{name}.bias"]

    def norm(self, name, x):
        return F.layer_norm(x, x.shape[-1:], self.p[f"{name}.gamma"], self.p[f"{name}.beta"], self.o["norm_epsilon"])

    def positions(self, side, length):
        width, kind = self.o["width"], self.o["positions"]
        if kind == "none":
            return torch.zeros(length, width)
        if kind == "learned":
            return self.p[f"{side}.positions.weight"][:length]
        rates = 10000 ** (-torch.arange(0, width, 2, dtype=torch.float64) / width)
        angles = torch.arange(length, dtype=torch.float64)[:, None] * rates  # [S, D / 2]
        pair = torch.sin(angles), torch.cos(angles)
        return (torch.cat(pair, -1) if kind == "sinusoidal" else torch.stack(pair, -1).flatten(1)).float()

    def table(self, side):
        return self.p["embedding.weight" if self.o["tied_embeddings"] == "all" else f"{side}.embedding.weight"]

    def embed(self, side, ids):
        x = self.table(side)[torch.tensor(ids)]
        if self.o["scale_embeddings"]:
            x = x * self.o["width"] ** 0.5
        return x + self.positions(side, len(ids))

    def attend(self, name, x, memory, causal):
        """[T, D] looks at [S, D]: the output [T, D] and the weights [H, T, S]."""
        heads = self.o["heads"]
        query, key, value = (self.linear(f"{name}.{part}", y).unflatten(-1, (heads, -1)).transpose(0, 1)
                             for part, y in (("query", x), ("key", memory), ("value", memory)))
        scores = query @ key.mT / query.shape[-1] ** 0.5
        if causal:
            scores = scores.masked_fill(torch.ones(scores.shape[1:]).triu(1).bool(), -torch.inf)
        weights = torch.softmax(scores, -1)
        return self.linear(f"{name}.output", (weights @ value).transpose(0, 1).flatten(1)), weights

    def part(self, name, x, run):
        """One part of a block with its norm and its residual."""
        if self.o["normalization"] == "before":
            return x + run(self.norm(f"{name}_norm", x))
        return self.norm(f"{name}_norm", x + run(x))

    def stack(self, side, x, memory=None):
        """All layers: the result [T, D], and the weights of self- and cross-attention, [L, H, T, T] and [L, H, T, S]."""
        seen = {"attention": [], "cross_attention": []}
        for n in range(self.o[f"{side}_layers"]):
            block = f"{side}.layers.{n}"

            def look(site, y, memory, causal):
                out, weights = self.attend(f"{block}.{site}", y, memory, causal)
                seen[site].append(weights)
                return out

            x = self.part(f"{block}.attention", x, lambda y: look("attention", y, y, side == "decoder"))
            if memory is not None:
                x = self.part(f"{block}.cross_attention", x, lambda y: look("cross_attention", y, memory, False))
            activation = ACTIVATIONS[self.o["activation"]]
            x = self.part(f"{block}.feed_forward", x, lambda y: self.linear(
                f"{block}.feed_forward.outer", activation(self.linear(f"{block}.feed_forward.inner", y))))
        if self.o["final_norm"]:
            x = self.norm(f"{side}.norm", x)
        return x, *(torch.stack(s) if s else None for s in seen.values())

    def logits(self, x):
        side = "encoder" if self.o["kind"] == "encoder-only" else "decoder"
        kernel = self.p["output.kernel"] if self.o["tied_embeddings"] == "none" else self.table(side).T
        logits = x @ kernel
        return logits + self.p["output.bias"] if self.o["output_bias"] else logits

    def run(self, source, target):
        """Logits for each token of the target, and the attention of each site."""
        out, memory, first = {}, None, source
        if self.o["kind"] != "decoder-only":
            memory, out["encoder"], _ = self.stack("encoder", self.embed("encoder", source))
            first = [START]
        if self.o["kind"] == "encoder-only":
            return {"logits": self.logits(memory), **out}
        given = first + target[:-1]
        x, out["decoder"], cross = self.stack("decoder", self.embed("decoder", given), memory)
        if cross is not None:
            out["cross"] = cross
        return {"logits": self.logits(x)[-len(target):], **out}

    def greedy(self, source):
        if self.o["kind"] == "encoder-only":
            return self.run(source, None)["logits"]
        target, rows = [END], []
        for _ in range(GREEDY_STEPS):  # The last token of a target is what is to be found.
            rows.append(self.run(source, target)["logits"][-1])
            if int(rows[-1].argmax()) == END:
                break
            target = target[:-1] + [int(rows[-1].argmax()), END]
        return torch.stack(rows)


def first_telling(o, sources):
    """The first seed whose greedy decoding is worth comparing: no near ties, several ids (few where
    a norm comes last, which a tied output reads back), no end at once."""
    for seed in range(500):
        p = draw(o, seed)
        with torch.no_grad():
            model = Transformer(o, {k: torch.from_numpy(v) for k, v in p.items()})
            rows = [model.greedy(source) for source in sources]
        best = torch.cat(rows).topk(2).values
        ids = [r.argmax(-1).tolist() for r in rows]
        varied = len({i for row in ids for i in row}) >= (2 if o["normalization"] == "after" else 4)
        if varied and (best[:, 0] - best[:, 1]).min() > 0.01 and all(len(row) > 1 for row in ids):
            return seed, p, ids
    raise SystemExit(f"no seed gives telling numbers for {o}")


def torch_agrees(model, sources, targets, runs):
    """PyTorch's stacks, on a padded batch with masks, give the same logits."""
    o, p = model.o, model.p
    if head_widths(o) != (o["width"] // o["heads"],) * 2 or o["activation"] == "swish":
        return
    settings = dict(nhead=o["heads"], dim_feedforward=o["feed_forward_width"], dropout=0, activation=o["activation"],
                    layer_norm_eps=o["norm_epsilon"], batch_first=True, norm_first=o["normalization"] == "before")

    def load(module, side):
        names = {"attention": "self_attn", "cross_attention": "multihead_attn"}
        for n, layer in enumerate(module.layers):
            block, state, norms = f"{side}.layers.{n}", {}, 0
            for ours, theirs in names.items():
                if f"{block}.{ours}.query.kernel" not in p:
                    continue
                name = f"{block}.{ours}"
                state[f"{theirs}.in_proj_weight"] = torch.cat([p[f"{name}.{k}.kernel"].T
                                                              for k in ("query", "key", "value")])
                state[f"{theirs}.in_proj_bias"] = torch.cat([p[f"{name}.{k}.bias"] for k in ("query", "key", "value")])
                state[f"{theirs}.out_proj.weight"] = p[f"{name}.output.kernel"].T
                state[f"{theirs}.out_proj.bias"] = p[f"{name}.output.bias"]
                norms += 1
                state[f"norm{norms}.weight"], state[f"norm{norms}.bias"] = p[f"{name}_norm.gamma"], p[f"{name}_norm.beta"]
            for n, part in ((1, "inner"), (2, "outer")):
                state[f"linear{n}.weight"] = p[f"{block}.feed_forward.{part}.kernel"].T
                state[f"linear{n}.bias"] = p[f"{block}.feed_forward.{part}.bias"]
            norms += 1
            state[f"norm{norms}.weight"] = p[f"{block}.feed_forward_norm.gamma"]
            state[f"norm{norms}.bias"] = p[f"{block}.feed_forward_norm.beta"]
            layer.load_state_dict(state)
        if o["final_norm"]:
            module.norm.load_state_dict({"weight": p[f"{side}.norm.gamma"], "bias": p[f"{side}.norm.beta"]})
        return module.eval()

    def pad(rows):
        return torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)

    def padding(rows):
        longest = max(map(len, rows))
        return torch.tensor([[i >= len(row) for i in range(longest)] for row in rows])

    final = torch.nn.LayerNorm(o["width"], eps=o["norm_epsilon"]) if o["final_norm"] else None
    memory = blind = None
    if o["kind"] != "decoder-only":
        encoder = torch.nn.TransformerEncoder(torch.nn.TransformerEncoderLayer(o["width"], **settings),
                                              o["encoder_layers"], final, enable_nested_tensor=False)
        blind = padding(sources)
        memory = load(encoder, "encoder")(pad([model.embed("encoder", s) for s in sources]), src_key_padding_mask=blind)
        out = memory
    if o["kind"] != "encoder-only":
        given = [(s if memory is None else [START]) + t[:-1] for s, t in zip(sources, targets)]
        x = pad([model.embed("decoder", g) for g in given])
        causal = torch.ones(x.shape[1], x.shape[1]).triu(1).bool()
        if memory is None:
            layer = torch.nn.TransformerEncoderLayer(o["width"], **settings)
            decoder = torch.nn.TransformerEncoder(layer, o["decoder_layers"], final, enable_nested_tensor=False)
            out = load(decoder, "decoder")(x, mask=causal, src_key_padding_mask=padding(given))
        else:
            layer = torch.nn.TransformerDecoderLayer(o["width"], **settings)
            decoder = torch.nn.TransformerDecoder(layer, o["decoder_layers"], final)
            out = load(decoder, "decoder")(x, memory, tgt_mask=causal, memory_key_padding_mask=blind,
                                           tgt_key_padding_mask=padding(given))
        lengths = [len(g) for g in given]
    else:
        lengths = [len(s) for s in sources]
    for row, length, run in zip(out, lengths, runs):
        close(model.logits(row[:length])[-len(run["logits"]):].detach(), run["logits"].detach(), 1e-4)


def padded(rows):
    width = max(map(len, rows))
    return np.array([row + [-1] * (width - len(row)) for row in rows], np.int32)


def case(name, o):
    sources = PROMPTS if o["kind"] == "decoder-only" else SOURCES
    targets = LABELS if o["kind"] == "encoder-only" else TARGETS
    seed, p, greedy = first_telling(o, sources)
    leaves = {k: torch.tensor(v, requires_grad=True) for k, v in p.items()}
    model = Transformer(o, leaves)
    runs = [model.run(source, target) for source, target in zip(sources, targets)]
    with torch.no_grad():
        torch_agrees(model, sources, targets, runs)
    logits, labels = torch.cat([r["logits"] for r in runs]), torch.tensor([t for row in targets for t in row])
    loss, smoothed = (F.cross_entropy(logits, labels, ignore_index=PAD, label_smoothing=s) for s in (0, 0.1))
    gradients = torch.autograd.grad(smoothed, list(leaves.values()), allow_unused=True, materialize_grads=True)
    tensors = {**{f"p.{k}": v for k, v in p.items()},
               **{f"grad.{k}": g.numpy() for k, g in zip(leaves, gradients)},
               "in.sources": padded(sources), "in.targets": padded(targets), "out.greedy.ids": padded(greedy),
               "out.loss": loss.detach().numpy(), "out.smoothed_loss": smoothed.detach().numpy()}
    for n, run in enumerate(runs):
        tensors |= {f"out.{key}.{n}": value.detach().numpy() for key, value in run.items()}
    ids = {"pad_token_id": PAD, "bos_token_id": START, "eos_token_id": END, "unk_token_id": UNKNOWN}
    ends = {"source_has_start": True, "source_has_end": False} if o["kind"] == "decoder-only" else {}
    config = {"model_type": "heed-transformer", **o, **ids, **ends}
    write("ModelsTests", name, tensors, {"config": json.dumps(config, sort_keys=True), "seed": seed,
                                         "gradients_of": "smoothed_loss", "greedy_steps": GREEDY_STEPS}, REFERENCE)
    print(f"{name}: seed {seed}, ids {greedy}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    for name, options in CASES.items():
        case(name, {**DEFAULTS, **options})
