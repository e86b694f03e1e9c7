"""Golden numbers of attention with many heads, of Transformer blocks and of positions, for Tests/LayersTests.

    python Tests/Reference/heads.py

Sentences of several lengths are padded for the reference and packed in the fixture: `in.x` holds the real rows of all
sentences one after another, `out.head_weights` each sentence's [H, T, S] one after another.
"""
import functools
import sys

sys.path.append(sys.path.pop(0))  # tokenizers.py beside this file would hide the package that transformers needs

import layers  # first of the frameworks, because it keeps TensorFlow quiet
import keras
import numpy as np
import tensorflow as tf
import torch
from transformers.models.marian.modeling_marian import MarianSinusoidalPositionalEmbedding

from golden import close, normal, parameters, write
from layers import KERAS, TARGET, TORCH, keras_case, torch_case

layers.INSIDE.update({"head_weights", "cross_weights"})
D, MEMORY, HEADS, KEY, VALUE, OUTPUT, HIDDEN = 6, 7, 3, 5, 4, 9, 11
QUERIES, POSITIONS = np.array([4, 1, 3], np.int32), np.array([5, 3, 2], np.int32)


class Batch:
    """Packed queries and the packed memory that they look at; which entries are open to them."""

    def __init__(self, rows, columns, seed=None, causal=False):
        self.rows, self.columns, self.causal = rows, columns, causal
        self.kept = [np.ones(shape, bool) for shape in zip(rows, columns)]
        if seed is not None:
            self.kept = [normal(seed, f"open.{b}", k.shape) > -0.3 for b, k in enumerate(self.kept)]
            for each in self.kept:
                each[:, 0] = True  # no query without anything to look at
        self.masked = seed is not None

    def open(self):
        """[B, T, S]; a padded query sees the first position, since its row is dropped but must hold numbers."""
        whole = np.zeros((len(self.rows), self.rows.max(), self.columns.max()), bool)
        for b, each in enumerate(self.kept):
            whole[b, :each.shape[0], :each.shape[1]] = each
        whole[:, :, 0] = True
        return whole

    def fixed(self):
        lengths = {"query_lengths": self.rows, "memory_lengths": self.columns}
        entries = {"open": np.concatenate([k.reshape(-1) for k in self.kept]).astype(np.int32)}
        return {**lengths, **(entries if self.masked else {})}

    def weights(self, weights):
        """The real part of [B, H, T, S], sentence after sentence, flat."""
        shapes = zip(self.rows, self.columns)
        return np.concatenate([weights[b, :, :t, :s].reshape(-1) for b, (t, s) in enumerate(shapes)])


def places(lengths):
    """[N, 2]: sentence and position of each packed row."""
    return np.array([(b, t) for b, n in enumerate(lengths) for t in range(n)], np.int32)


# Keras

def keras_padded(packed, lengths):
    return tf.scatter_nd(places(lengths), packed, (len(lengths), int(lengths.max()), packed.shape[-1]))


def flat_heads(key, array):
    """Keras keeps heads as an axis of their own: [inputs, H, K], [H, K] and, on the way out, [H, V, outputs]."""
    name = key.split(".")[-1]
    if name == "bias":
        return array.reshape(-1)
    if name == "kernel":
        return array.reshape(-1, array.shape[-1]) if "output." in key else array.reshape(array.shape[0], -1)
    return array


def attention_variables(layer, prefix=""):
    parts = {"query": layer.query_dense, "key": layer.key_dense, "value": layer.value_dense,
             "output": layer.output_dense}
    return {f"{prefix}{part}.{kind}": getattr(dense, kind) for part, dense in parts.items()
            for kind in ("kernel", "bias") if getattr(dense, kind, None) is not None}


def draw(variables, seed):
    for name, variable in variables.items():
        base = 1.0 if name.endswith("gamma") else 0.0
        scale = 0.4 if name.endswith(("bias", "beta", "gamma")) else 0.5
        variable.assign(base + normal(seed, name, variable.shape, scale))


def keras_attention(name, batch, cross=False, bias=True, seed=20):
    width = MEMORY if cross else D
    layer = keras.layers.MultiHeadAttention(HEADS, KEY, VALUE, use_bias=bias, output_shape=OUTPUT)
    layer.build((None, None, D), (None, None, width))
    variables = attention_variables(layer)
    draw(variables, seed)
    inputs = {"x": normal(seed, "x", (batch.rows.sum(), D))}
    if cross:
        inputs["memory"] = normal(seed, "memory", (batch.columns.sum(), width))

    def call(i):
        queries = keras_padded(i["x"], batch.rows)
        memory = keras_padded(i["memory"], batch.columns) if cross else queries
        output, weights = layer(queries, memory, attention_mask=batch.open(), use_causal_mask=batch.causal,
                                return_attention_scores=True)
        return {"output": tf.gather_nd(output, places(batch.rows)),
                "head_weights": tf.constant(batch.weights(weights.numpy()))}

    keras_case(name, variables, inputs, call, batch.fixed(),
               {"heads": HEADS, "key_width": KEY, "value_width": VALUE, "query_input": D, "key_input": width,
                "value_input": width, "output": OUTPUT, "has_bias": bias, "is_causal": batch.causal}, layout=flat_heads)


def spread(shape, seed, scale):
    """Numbers between -scale and scale that the test computes too, so that large kernels need not be stored."""
    index = np.arange(np.prod(shape), dtype=np.int64)
    return ((((index * 7919 + seed * 104_729) % 2003).astype(np.float32) / np.float32(1001) - 1)
            * np.float32(scale)).reshape(shape)


def tutorial_attention():
    """`MultiHeadAttention(key_dim=256, num_heads=8)`: of its 2048 columns every 37th gradient is kept."""
    layer = keras.layers.MultiHeadAttention(8, 256)
    layer.build((None, None, 4), (None, None, 4))
    variables = attention_variables(layer)
    for seed, (key, variable) in enumerate(variables.items()):
        variable.assign(spread(variable.shape, seed, 0.05 if key == "output.kernel" else 0.5))

    def layout(key, array):
        part, name = key.split(".", 1)
        if part == "p":
            return None
        return flat_heads(key, array).reshape(-1)[::37] if part == "grad" and name in variables else array

    batch = Batch(np.array([3], np.int32), np.array([3], np.int32))

    def call(i):
        output, weights = layer(i["x"][None], i["x"][None], return_attention_scores=True)
        return {"output": output[0], "head_weights": tf.constant(batch.weights(weights.numpy()))}

    keras_case("heads-keras-tutorial", variables, {"x": normal(21, "x", (3, 4))}, call, batch.fixed(),
               {"heads": 8, "key_width": 256, "value_width": 256, "query_input": 4, "key_input": 4, "value_input": 4,
                "output": 4, "has_bias": True, "is_causal": False}, layout=layout)


class KerasBlock(keras.layers.Layer):
    """The TransformerBlock of Keras' text classification tutorial, its dropout off: key_dim is the whole width."""

    def __init__(self, width, heads, hidden):
        super().__init__()
        self.attention = keras.layers.MultiHeadAttention(num_heads=heads, key_dim=width)
        self.inner, self.outer = keras.layers.Dense(hidden, activation="relu"), keras.layers.Dense(width)
        self.norms = [keras.layers.LayerNormalization(epsilon=1e-6) for _ in range(2)]

    def call(self, x, mask):
        attended, weights = self.attention(x, x, attention_mask=mask, return_attention_scores=True)
        x = self.norms[0](x + attended)
        return self.norms[1](x + self.outer(self.inner(x))), weights


def keras_block():
    batch = Batch(QUERIES, QUERIES)
    block = KerasBlock(D, 2, HIDDEN)
    block(np.zeros((1, 1, D), np.float32), np.ones((1, 1, 1), bool))
    variables = attention_variables(block.attention, "attention.")
    for name, layer in (("inner", block.inner), ("outer", block.outer)):
        variables |= {f"feed_forward.{name}.kernel": layer.kernel, f"feed_forward.{name}.bias": layer.bias}
    for name, norm in zip(("attention_norm", "feed_forward_norm"), block.norms):
        variables |= {f"{name}.gamma": norm.gamma, f"{name}.beta": norm.beta}
    draw(variables, 22)

    def call(i):
        output, weights = block(keras_padded(i["x"], batch.rows), batch.open())
        return {"output": tf.gather_nd(output, places(batch.rows)),
                "head_weights": tf.constant(batch.weights(weights.numpy()))}

    keras_case("block-keras", variables, {"x": normal(22, "x", (batch.rows.sum(), D))}, call, batch.fixed(),
               {"width": D, "heads": 2, "key_width": D, "hidden": HIDDEN, "activation": "relu",
                "normalization": "after", "epsilon": 1e-6, "is_causal": False}, layout=flat_heads)


# PyTorch

def torch_padded(packed, lengths):
    return torch.nn.utils.rnn.pad_sequence(torch.split(packed, [int(n) for n in lengths]), batch_first=True)


def torch_packed(padded, lengths):
    return torch.cat([padded[b, :n] for b, n in enumerate(lengths)])


def torch_mask(batch, heads):
    """[B * H, T, S], true where closed."""
    seen = torch.from_numpy(batch.open())
    if batch.causal:
        seen = seen & torch.ones(seen.shape[1:], dtype=torch.bool).tril()
    return ~seen.repeat_interleave(heads, 0)


def torch_attention_weights(leaf, prefix, joined=True):
    """PyTorch's names for our projections: kernels turned over, the biases of the three in one."""
    kernels = [leaf[f"{prefix}{k}.kernel"].T for k in ("query", "key", "value")]
    named = {"in_proj_weight": torch.cat(kernels)} if joined else dict(
        zip(("q_proj_weight", "k_proj_weight", "v_proj_weight"), kernels))
    return {**named, "in_proj_bias": torch.cat([leaf[f"{prefix}{k}.bias"] for k in ("query", "key", "value")]),
            "out_proj.weight": leaf[prefix + "output.kernel"].T, "out_proj.bias": leaf[prefix + "output.bias"]}


def attention_shapes(prefix, query, key, value):
    inputs = {"query": query, "key": key, "value": value, "output": query}
    return {f"{prefix}{part}.{kind}": shape for part, width in inputs.items()
            for kind, shape in (("kernel", (width, query)), ("bias", (query,)))}


def torch_attention():
    """nn.MultiheadAttention: widths of its own for keys and values, padding, a mask, a bias for each head."""
    width, heads, kdim, vdim = 8, 2, 5, 7
    for name, batch, biased in (("heads-torch-masked", Batch(QUERIES, POSITIONS, seed=23), False),
                                ("heads-torch-biased", Batch(QUERIES, POSITIONS), True)):
        shapes = attention_shapes("", width, kdim, vdim)
        inputs = {"x": normal(23, "x", (batch.rows.sum(), width)),
                  "keys": normal(23, "keys", (batch.columns.sum(), kdim)),
                  "values": normal(23, "values", (batch.columns.sum(), vdim))}
        if biased:
            inputs["bias"] = normal(23, "bias", (heads * int((batch.rows * batch.columns).sum()),))
        module = torch.nn.MultiheadAttention(width, heads, kdim=kdim, vdim=vdim, batch_first=True)

        def call(leaf):
            mask = torch.zeros(torch_mask(batch, heads).shape).masked_fill(torch_mask(batch, heads), -torch.inf)
            if biased:
                parts = torch.split(leaf["bias"], [heads * int(t * s) for t, s in zip(batch.rows, batch.columns)])
                padded = [torch.nn.functional.pad(p.view(heads, t, s), (0, mask.shape[2] - s, 0, mask.shape[1] - t))
                          for p, t, s in zip(parts, batch.rows, batch.columns)]
                mask = mask + torch.cat(padded)
            padding = torch.zeros(len(batch.rows), batch.columns.max())
            padding[np.arange(batch.columns.max())[None] >= batch.columns[:, None]] = -torch.inf
            output, weights = torch.func.functional_call(
                module, torch_attention_weights(leaf, "", joined=False),
                (torch_padded(leaf["x"], batch.rows), torch_padded(leaf["keys"], batch.columns),
                 torch_padded(leaf["values"], batch.columns)),
                {"key_padding_mask": padding, "attn_mask": mask, "average_attn_weights": False})
            return {"output": torch_packed(output, batch.rows),
                    "head_weights": torch.from_numpy(batch.weights(weights.detach().numpy()))}

        torch_case(name, shapes, 23, inputs, batch.fixed(), call,
                   {"heads": heads, "key_width": width // heads, "value_width": width // heads, "query_input": width,
                    "key_input": kdim, "value_input": vdim, "output": width, "has_bias": True, "is_causal": False})


def recorded(attention):
    """Makes a nn.MultiheadAttention keep the weights of each head in the list that is returned."""
    seen, forward = [], attention.forward

    def record(*arguments, **options):
        output, weights = forward(*arguments, **{**options, "need_weights": True, "average_attn_weights": False})
        seen.append(weights.detach().numpy())
        return output, weights

    attention.forward = record
    return seen


ACTIVATIONS = {"relu": torch.nn.functional.relu, "gelu": torch.nn.functional.gelu,
               "gelu_tanh": functools.partial(torch.nn.functional.gelu, approximate="tanh"),
               "swish": torch.nn.functional.silu}


def torch_block(name, normalization, activation, decoder):
    width, heads = 8, 2
    own = Batch(QUERIES, QUERIES, causal=decoder)
    cross = Batch(QUERIES, POSITIONS)
    attentions = {"attention": "self_attn"} | ({"cross_attention": "multihead_attn"} if decoder else {})
    norms = {f"{ours}_norm": f"norm{n + 1}" for n, ours in enumerate([*attentions, "feed_forward"])}
    shapes = {k: v for a in attentions for k, v in attention_shapes(a + ".", width, width, width).items()}
    shapes |= {f"{n}.{k}": (width,) for n in norms for k in ("gamma", "beta")}
    shapes |= {"feed_forward.inner.kernel": (width, HIDDEN), "feed_forward.inner.bias": (HIDDEN,),
               "feed_forward.outer.kernel": (HIDDEN, width), "feed_forward.outer.bias": (width,)}
    kind = torch.nn.TransformerDecoderLayer if decoder else torch.nn.TransformerEncoderLayer
    module = kind(width, heads, HIDDEN, dropout=0, activation=ACTIVATIONS[activation], batch_first=True,
                  norm_first=normalization == "before")
    seen = {ours: recorded(getattr(module, theirs)) for ours, theirs in attentions.items()}
    inputs = {"x": normal(24, "x", (own.rows.sum(), width))}
    if decoder:
        inputs["memory"] = normal(24, "memory", (cross.columns.sum(), width))

    def call(leaf):
        named = {f"{theirs}.{k}": v for ours, theirs in attentions.items()
                 for k, v in torch_attention_weights(leaf, ours + ".").items()}
        for ours, theirs in norms.items():
            named |= {theirs + ".weight": leaf[ours + ".gamma"], theirs + ".bias": leaf[ours + ".beta"]}
        for ours, theirs in (("inner", "linear1"), ("outer", "linear2")):
            named |= {theirs + ".weight": leaf[f"feed_forward.{ours}.kernel"].T,
                      theirs + ".bias": leaf[f"feed_forward.{ours}.bias"]}
        x = torch_padded(leaf["x"], own.rows)
        if decoder:
            arguments = (x, torch_padded(leaf["memory"], cross.columns), torch_mask(own, heads),
                         torch_mask(cross, heads))
        else:
            arguments = (x, torch_mask(own, heads))
        output = torch.func.functional_call(module, named, arguments)
        result = {"output": torch_packed(output, own.rows),
                  "head_weights": torch.from_numpy(own.weights(seen["attention"][-1]))}
        if decoder:
            result["cross_weights"] = torch.from_numpy(cross.weights(seen["cross_attention"][-1]))
        return result

    torch_case(name, shapes, 24, inputs, cross.fixed() if decoder else own.fixed(), call,
               {"width": width, "heads": heads, "key_width": width // heads, "hidden": HIDDEN,
                "activation": activation, "normalization": normalization, "epsilon": 1e-5, "is_causal": decoder,
                **({"memory_width": width} if decoder else {})})


def positions():
    """The first rows of both layouts: sines and cosines in halves as Marian has them, and interleaved."""
    count, width = 40, 10
    marian = MarianSinusoidalPositionalEmbedding(count, width)
    marian.weight = torch.nn.Parameter(marian.create_weight(), requires_grad=False)
    halves = marian.weight.numpy()
    # The TensorFlow tutorial's way to the same table.
    rates = np.arange(count)[:, None] / 10_000 ** (np.arange(width / 2)[None] / (width / 2))
    close(np.concatenate([np.sin(rates), np.cos(rates)], -1), halves)
    interleaved = np.zeros((count, width), np.float32)
    interleaved[:, 0::2], interleaved[:, 1::2] = np.sin(rates), np.cos(rates)
    write(TARGET, "positions", {"out.sinusoidal": halves, "out.interleaved": interleaved}, {}, TORCH)


if __name__ == "__main__":
    keras.utils.set_random_seed(0)
    keras_attention("heads-keras", Batch(QUERIES, QUERIES))
    keras_attention("heads-keras-no-bias", Batch(QUERIES, QUERIES), bias=False)
    keras_attention("heads-keras-cross", Batch(QUERIES, POSITIONS), cross=True)
    keras_attention("heads-keras-masked", Batch(QUERIES, POSITIONS, seed=25), cross=True)
    keras_attention("heads-keras-causal", Batch(QUERIES, QUERIES, causal=True))
    tutorial_attention()
    keras_block()
    torch_attention()
    torch_block("block-torch-encoder-after", "after", "relu", decoder=False)
    torch_block("block-torch-encoder-before", "before", "gelu", decoder=False)
    torch_block("block-torch-decoder-after", "after", "gelu_tanh", decoder=True)
    torch_block("block-torch-decoder-before", "before", "swish", decoder=True)
    positions()
