"""Golden numbers of single layers, for Tests/LayersTests: Keras 3 for what Keras has, PyTorch for the rest.

    python Tests/Reference/layers.py
"""
import os

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import numpy as np
import tensorflow as tf
import torch

from golden import B, E, LENGTHS, S, SOURCE_VOCABULARY, T, TARGET_VOCABULARY, U, close, normal, parameters
from golden import source_mask, write
from torch_models import attend, lstm_weights, gru_weights

KERAS = f"Keras {keras.__version__}, TensorFlow {tf.__version__}"
TORCH = f"PyTorch {torch.__version__.split('+')[0]}"
TARGET = "LayersTests"
LOSS = "sum over the outputs o with an upstream of sum(out.o * in.upstream.o)"
INSIDE = {"scores", "softmax", "centers"}  # steps on the way: compared, but without an upstream of their own


def keras_case(name, variables, inputs, call, fixed=None, options=None, kept=None, layout=lambda key, array: array):
    """Runs `call(inputs)`, which returns named outputs, and writes outputs and gradients of LOSS.

    `kept` ([B, S], true where real) silences the upstream gradient at padded positions of `out.sequence`.
    `layout` says how an array is written under its key, None not at all.
    """
    tensors = {k: tf.constant(v) for k, v in inputs.items()}
    with tf.GradientTape() as tape:
        tape.watch(list(tensors.values()))
        outputs = call(tensors)
        upstream = {k: normal(7, f"{name}.{k}", v.shape) for k, v in outputs.items() if k not in INSIDE}
        if kept is not None:
            upstream["sequence"] *= kept[..., None]
        loss = sum(tf.reduce_sum(outputs[k] * upstream[k]) for k in upstream)
    wanted = {**variables, **tensors}
    gradients = {k: tf.convert_to_tensor(g).numpy() for k, g in
                 zip(wanted, tape.gradient(loss, list(wanted.values())))}
    arrays = {**{f"p.{k}": v.numpy() for k, v in variables.items()},
              **{f"in.{k}": v for k, v in {**inputs, **(fixed or {})}.items()},
              **{f"in.upstream.{k}": v for k, v in upstream.items()},
              **{f"out.{k}": v.numpy() for k, v in outputs.items()},
              **{f"grad.{k}": v for k, v in gradients.items()}}
    arrays = {k: layout(k, v) for k, v in arrays.items()}
    write(TARGET, name, {k: v for k, v in arrays.items() if v is not None}, {**(options or {}), "loss": LOSS}, KERAS)
    return {k: v.numpy() for k, v in outputs.items()}


def embedding_and_dense():
    layer = keras.layers.Embedding(SOURCE_VOCABULARY, E)
    layer.build()
    layer.set_weights([normal(1, "embedding", (SOURCE_VOCABULARY, E))])
    ids = np.array([[4, 12, 4, 0, 7], [3, 5, 5, 5, 1], [2, 0, 0, 0, 11]], np.int32)  # repeats add their gradients
    keras_case("embedding", {"weight": layer.embeddings}, {}, lambda _: {"sequence": layer(ids)}, {"ids": ids})

    dense = keras.layers.Dense(U)
    dense.build((None, E))
    dense.set_weights([normal(2, "kernel", (E, U)), normal(2, "bias", (U,))])
    keras_case("dense", {"kernel": dense.kernel, "bias": dense.bias}, {"x": normal(2, "x", (B, S, E))},
               lambda i: {"output": dense(i["x"])})


def cell_variables(layer, prefix=""):
    return {f"{prefix}kernel": layer.cell.kernel, f"{prefix}recurrent_kernel": layer.cell.recurrent_kernel,
            f"{prefix}bias": layer.cell.bias}


def recurrent(kind, seed, reset_after=True):
    """A built Keras GRU or LSTM that returns its sequence and final state, with drawn weights."""
    options = {"return_sequences": True, "return_state": True}
    gates = 3 if kind == "gru" else 4
    if kind == "gru":
        layer = keras.layers.GRU(U, reset_after=reset_after, **options)
    else:
        layer = keras.layers.LSTM(U, **options)
    bias = (2, gates * U) if kind == "gru" and reset_after else (gates * U,)
    shapes = {"kernel": (E, gates * U), "recurrent_kernel": (U, gates * U), "bias": bias}
    layer.build((None, None, E))
    layer.set_weights(list(parameters(shapes, seed).values()))
    return layer


def recurrent_case(name, layer, kind, masked, initial):
    inputs = {"x": normal(3, "x", (B, S, E))}
    states = ["state"] if kind == "gru" else ["state", "cell"]
    if initial:
        inputs |= {f"initial_{k}": normal(3, f"initial_{k}", (B, U), 0.5) for k in states}
    mask = source_mask(LENGTHS, S) if masked else None

    def call(i):
        start = [i[f"initial_{k}"] for k in states] if initial else None
        sequence, *final = layer(i["x"], mask=mask, initial_state=start)
        return {"sequence": sequence, **dict(zip(states, final))}

    outputs = keras_case(name, cell_variables(layer), inputs, call, {"lengths": LENGTHS} if masked else {},
                         {"padding": "a padded step keeps the state; out.sequence there repeats it"}, mask)
    if not (kind == "gru" and not layer.cell.reset_after):
        torch_agrees(layer, kind, inputs, outputs, mask)


def torch_agrees(layer, kind, inputs, outputs, mask):
    """PyTorch computes the same states from the same weights, over packed sequences where there is a mask."""
    weights = [torch.from_numpy(w) for w in layer.get_weights()]
    module = torch.nn.GRU(E, U, batch_first=True) if kind == "gru" else torch.nn.LSTM(E, U, batch_first=True)
    named = gru_weights(*weights) if kind == "gru" else lstm_weights(*weights)
    named = {f"{k}_l0": v for k, v in named.items()}
    lengths = LENGTHS if mask is not None else np.full(B, S)
    x = torch.nn.utils.rnn.pack_padded_sequence(torch.from_numpy(inputs["x"]), torch.from_numpy(lengths),
                                                batch_first=True, enforce_sorted=False)
    start = [torch.from_numpy(inputs[k])[None] for k in ("initial_state", "initial_cell") if k in inputs]
    start = None if not start else start[0] if kind == "gru" else tuple(start)
    with torch.no_grad():
        packed, final = torch.func.functional_call(module, named, (x, start))
    sequence = torch.nn.utils.rnn.pad_packed_sequence(packed, batch_first=True, total_length=S)[0].numpy()
    kept = source_mask(lengths, S)[..., None]
    close(sequence, outputs["sequence"] * kept)
    for value, key in zip([final] if kind == "gru" else final, ("state", "cell")):
        close(value[0].numpy(), outputs[key])


def recurrent_layers():
    for kind, label, reset_after in (("gru", "gru-reset-after", True), ("gru", "gru-reset-before", False),
                                     ("lstm", "lstm", True)):
        layer = recurrent(kind, 3, reset_after)
        for masked in (False, True):
            for initial in (False, True):
                suffix = ("-masked" if masked else "") + ("-initial" if initial else "")
                recurrent_case(label + suffix, layer, kind, masked, initial)


def bidirectional():
    layer = keras.layers.Bidirectional(
        keras.layers.GRU(U, return_sequences=True, return_state=True), merge_mode="concat")
    layer.build((None, None, E))
    shapes = {f"{d}.{k}": s for d in ("forward", "backward")
              for k, s in (("kernel", (E, 3 * U)), ("recurrent_kernel", (U, 3 * U)), ("bias", (2, 3 * U)))}
    layer.set_weights(list(parameters(shapes, 4).values()))
    variables = {**cell_variables(layer.forward_layer, "forward."), **cell_variables(layer.backward_layer, "backward.")}
    for masked in (False, True):
        mask = source_mask(LENGTHS, S) if masked else None

        def call(i):
            sequence, forward, backward = layer(i["x"], mask=mask)
            return {"sequence": sequence, "forward_state": forward, "backward_state": backward}

        keras_case("bidirectional-gru" + ("-masked" if masked else ""), variables, {"x": normal(4, "x", (B, S, E))},
                   call, {"lengths": LENGTHS} if masked else {},
                   {"padding": "out.sequence is zero at padded positions (Keras's Bidirectional)"}, mask)


def additive_attention():
    """The tutorial's BahdanauAttention, called for T queries in turn so that every step adds to W2's gradient."""
    W1, W2, V = (keras.layers.Dense(n) for n in (U, U, 1))
    for layer, width, name in ((W1, U + 1, "query"), (W2, U, "key"), (V, U, "score")):
        layer.build((None, width))
        layer.set_weights([normal(5, name + ".kernel", layer.kernel.shape, 0.6), normal(5, name, layer.bias.shape)])
    variables = {f"{n}.{k}": getattr(layer, k) for n, layer in (("query", W1), ("key", W2), ("score", V))
                 for k in ("kernel", "bias")}
    inputs = {"queries": normal(5, "queries", (B, T, U + 1)), "values": normal(5, "values", (B, S, U))}
    for masked in (False, True):
        mask = source_mask(LENGTHS, S) if masked else np.ones((B, S), bool)

        def call(i):
            scores, weights, contexts = [], [], []
            for t in range(T):
                query = i["queries"][:, t]
                score = V(tf.nn.tanh(W1(tf.expand_dims(query, 1)) + W2(i["values"])))  # [B, S, 1]
                weight = tf.nn.softmax(tf.where(mask[..., None], score, -np.inf), axis=1)  # [B, S, 1]
                contexts.append(tf.reduce_sum(weight * i["values"], axis=1))  # [B, U]
                scores.append(score[..., 0])
                weights.append(weight[..., 0])
            return {"scores": tf.stack(scores, 1), "weights": tf.stack(weights, 1), "contexts": tf.stack(contexts, 1)}

        keras_case("additive-attention" + ("-masked" if masked else ""), variables, inputs, call,
                   {"lengths": LENGTHS if masked else np.full(B, S, np.int32)},
                   {"scores": "out.scores is taken before the mask, padded positions included"})


def torch_case(name, shapes, seed, inputs, fixed, call, options):
    leaves = {k: torch.tensor(v, requires_grad=True)
              for k, v in {**parameters(shapes, seed), **inputs}.items()}
    outputs = call(leaves)
    upstream = {k: normal(7, f"{name}.{k}", tuple(v.shape)) for k, v in outputs.items() if k not in INSIDE}
    loss = sum((outputs[k] * torch.from_numpy(v)).sum() for k, v in upstream.items())
    gradients = torch.autograd.grad(loss, list(leaves.values()))
    value = {k: v.detach().numpy() for k, v in leaves.items()}
    write(TARGET, name,
          {**{f"p.{k}": value[k] for k in shapes}, **{f"in.{k}": value[k] for k in inputs},
           **{f"in.{k}": v for k, v in fixed.items()}, **{f"in.upstream.{k}": v for k, v in upstream.items()},
           **{f"out.{k}": v.detach().numpy() for k, v in outputs.items()},
           **{f"grad.{k}": g.numpy() for k, g in zip(leaves, gradients)}}, {**options, "loss": LOSS}, TORCH)


def luong_attention():
    shapes = {"dot": {}, "general": {"general.kernel": (U + 1, U)},
              "concat": {"concat.kernel": (2 * U, U), "score.kernel": (U, 1)}}
    position = {"position.kernel": (U, U), "position_score.kernel": (U, 1)}
    for score, local in (("dot", None), ("general", None), ("concat", None),
                         ("general", "monotonic"), ("general", "predictive")):
        label = f"luong-{score}" if local is None else f"luong-local-{local}"
        width = U + 1 if score == "general" else U  # `general` alone allows values of another width
        window = 1
        inputs = {"queries": normal(6, "queries", (B, T, U)), "values": normal(6, "values", (B, S, width))}

        def call(leaf):
            steps = [attend(leaf, "", leaf["queries"][:, t], leaf["values"], torch.from_numpy(LENGTHS), t,
                            score, local, window) for t in range(T)]
            keys = ["scores", "weights", "contexts"] + (["softmax"] if local else [])
            keys += ["centers"] if local == "predictive" else []
            return {k: torch.stack([s[k] for s in steps], 1) for k in keys}

        torch_case(label, {**shapes[score], **(position if local == "predictive" else {})}, 6, inputs,
                   {"lengths": LENGTHS}, call, {"score": score, "local": local, "window": window if local else None})


def lstm_cells():
    """Two nn.LSTMCell, one on the other, T steps: what a stacked decoder does."""
    shapes = {f"layers.{n}.{k}": s for n, width in ((0, E), (1, U))
              for k, s in (("kernel", (width, 4 * U)), ("recurrent_kernel", (U, 4 * U)), ("bias", (4 * U,)))}
    inputs = {"x": normal(8, "x", (B, T, E))}
    inputs |= {f"layers.{n}.initial_{k}": normal(8, f"{n}{k}", (B, U), 0.5) for n in (0, 1) for k in ("state", "cell")}

    def call(leaf):
        cells = [torch.nn.LSTMCell(E, U), torch.nn.LSTMCell(U, U)]
        states = [(leaf[f"layers.{n}.initial_state"], leaf[f"layers.{n}.initial_cell"]) for n in (0, 1)]
        sequence = []
        for t in range(T):
            x = leaf["x"][:, t]
            for n, cell in enumerate(cells):
                named = lstm_weights(*(leaf[f"layers.{n}.{k}"] for k in ("kernel", "recurrent_kernel", "bias")))
                states[n] = torch.func.functional_call(cell, named, (x, states[n]))
                x = states[n][0]
            sequence.append(x)
        finals = {f"layers.{n}.{k}": v for n in (0, 1) for k, v in zip(("state", "cell"), states[n])}
        return {"sequence": torch.stack(sequence, 1), **finals}

    torch_case("lstm-cells-stacked", shapes, 8, inputs, {}, call, {})


def cross_entropy():
    """Sparse cross-entropy from logits, id 0 masked, in the tutorial's mean and in the mean over real tokens."""
    targets = np.array([[4, 7, 2, 0], [10, 2, 0, 0], [3, 3, 9, 2]], np.int32)
    logits = tf.constant(normal(9, "logits", (B, T, TARGET_VOCABULARY), 3))
    real = (targets != 0).astype(np.float32)
    losses = {}
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(logits)
        each = keras.losses.sparse_categorical_crossentropy(targets, logits, from_logits=True) * real  # [B, T]
        losses["positions"] = tf.reduce_mean(each)
        losses["tokens"] = tf.reduce_sum(each) / real.sum()
        losses["steps"] = tf.reduce_sum(tf.reduce_mean(each, axis=0))
    write(TARGET, "cross-entropy",
          {"in.logits": logits.numpy(), "in.targets": targets, "out.each": each.numpy(),
           **{f"out.{k}": v.numpy() for k, v in losses.items()},
           **{f"grad.{k}.logits": tape.gradient(v, logits).numpy() for k, v in losses.items()}},
          {"positions": "mean over all B*T positions, padding counted in the divisor",
           "tokens": "mean over real tokens",
           "steps": "the tutorial's `loss`: sum over steps of the mean over the batch"}, KERAS)


def adam():
    """Three steps on given gradients; step 1 is small enough that clipping leaves it alone."""
    shapes = {"a.kernel": (E, U), "b.bias": (U,)}
    start = parameters(shapes, 10)
    gradients = [{k: normal(10, f"{step}.{k}", s, scale) for k, s in shapes.items()}
                 for step, scale in enumerate((1.0, 0.05, 3.0))]
    options = {"learning_rate": 0.01, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7}
    for clip in (None, 1.0):
        variables = [keras.Variable(start[k], name=k.replace(".", "_")) for k in shapes]
        optimizer = keras.optimizers.Adam(global_clipnorm=clip, **options)
        tensors = {f"p.{k}": v for k, v in start.items()}
        for step, each in enumerate(gradients):
            norm = np.sqrt(sum((g.astype(np.float64) ** 2).sum() for g in each.values()))
            assert (norm > 1) == (step != 1)
            optimizer.apply([tf.constant(g) for g in each.values()], variables)
            tensors |= {f"in.{step}.{k}": g for k, g in each.items()}
            tensors |= {f"out.{step}.{k}": v.numpy() for k, v in zip(shapes, variables)}
        write(TARGET, "adam" if clip is None else "adam-clipped", tensors, {**options, "global_clipnorm": clip}, KERAS)


if __name__ == "__main__":
    keras.utils.set_random_seed(0)
    embedding_and_dense()
    recurrent_layers()
    bidirectional()
    additive_attention()
    luong_attention()
    lstm_cells()
    cross_entropy()
    adam()
