"""Functional Keras models with attention layers, tiny, saved whole by tf_keras and Keras 3, and what they compute."""
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import keras
import numpy as np
import tensorflow as tf
import tf_keras

from foreign import Expected, fill, folder, forget_programs

SOURCE, TARGET = 13, 11
SENTENCES = [([1, 5, 9, 4, 2], [6, 3, 7, 2]), ([1, 12, 7, 2], [8, 8, 2]), ([1, 3, 2], [5, 10, 4, 9, 2])]
VERSIONS = f"tf_keras {tf_keras.__version__}, keras {keras.__version__}, tensorflow {tf.__version__}"


def additive(K):
    """Embeddings, LSTM to LSTM, AdditiveAttention between them, a softmax over words."""
    L = K.layers
    source, target = L.Input((None,), name="source"), L.Input((None,), name="target")
    states, h, c = L.LSTM(7, return_sequences=True, return_state=True)(L.Embedding(SOURCE, 6)(source))
    x = L.LSTM(7, return_sequences=True)(L.Embedding(TARGET, 5)(target), initial_state=[h, c])
    seen, weights = L.AdditiveAttention()([x, states], return_attention_scores=True)
    out = L.Dense(TARGET, activation="softmax")(L.Concatenate()([x, seen]))
    return K.Model([source, target], out), K.Model([source, target], [out, weights]), (0, 0, 1)


def heads(K):
    """A small Transformer of Keras' own layers, post-norm."""
    L = K.layers
    source, target = L.Input((None,), name="source"), L.Input((None,), name="target")
    x = L.Embedding(SOURCE, 6)(source)
    y, own = L.MultiHeadAttention(2, 4)(x, x, return_attention_scores=True)
    x = L.LayerNormalization()(L.Add()([x, y]))
    states = L.Dense(6, activation="gelu")(x)
    y = L.Embedding(TARGET, 6)(target)
    z, causal = L.MultiHeadAttention(2, 3, value_dim=5)(y, y, use_causal_mask=True, return_attention_scores=True)
    y = L.LayerNormalization(epsilon=1e-6)(L.Add()([y, z]))
    z, cross = L.MultiHeadAttention(2, 3)(y, states, return_attention_scores=True)
    y = L.LayerNormalization()(L.Add()([y, z]))
    out = L.Dense(TARGET)(y)
    return K.Model([source, target], out), K.Model([source, target], [out, own, causal, cross]), (1, 1, 1)


def masked(K):
    """Padding that both embeddings mask; sums written as operators."""
    L = K.layers
    source, target = L.Input((6,), name="source"), L.Input((6,), name="target")
    states, h = L.GRU(7, return_sequences=True, return_state=True)(L.Embedding(SOURCE, 6, mask_zero=True)(source))
    x = L.GRU(7, return_sequences=True)(L.Embedding(TARGET, 5, mask_zero=True)(target), initial_state=h)
    seen, weights = L.Attention()([x, states], return_attention_scores=True)
    out = L.TimeDistributed(L.Dense(TARGET))(x + seen)
    return K.Model([source, target], out), K.Model([source, target], [out, weights]), (0, 0, 1)


def joined(K):
    """The same, with what was seen and the state joined: Keras 3 joins their masks in operations too."""
    L = K.layers
    source, target = L.Input((6,), name="source"), L.Input((6,), name="target")
    states, h, c = L.LSTM(7, return_sequences=True, return_state=True)(L.Embedding(SOURCE, 6, mask_zero=True)(source))
    x = L.LSTM(7, return_sequences=True)(L.Embedding(TARGET, 5, mask_zero=True)(target), initial_state=[h, c])
    seen, weights = L.Attention()([x, states], return_attention_scores=True)
    out = L.TimeDistributed(L.Dense(TARGET))(L.Concatenate()([x, seen]))
    return K.Model([source, target], out), K.Model([source, target], [out, weights]), (0, 0, 1)


def mean(K):
    """A mean over what is not padding."""
    L = K.layers
    source = L.Input((6,), name="source")
    x = L.Bidirectional(L.LSTM(4, return_sequences=True), merge_mode="ave")(L.Embedding(SOURCE, 6, mask_zero=True)(source))
    y, own = L.Attention()([x, x], return_attention_scores=True)
    out = L.Dense(3, activation="softmax")(L.GlobalAveragePooling1D()(L.LayerNormalization()(L.Add()([x, y]))))
    return K.Model(source, out), K.Model(source, [out, own]), (1, 0, 0)


def padded(K):
    """Heads whose queries are padding too: Keras 2 has them look everywhere alike, Keras 3 nowhere."""
    L = K.layers
    source = L.Input((6,), name="source")
    x = L.Embedding(SOURCE, 6, mask_zero=True)(source)
    y, own = L.MultiHeadAttention(2, 5)(x, x, return_attention_scores=True)
    out = L.Dense(3, activation="softmax")(L.GlobalAveragePooling1D()(L.LayerNormalization()(L.Add()([x, y]))))
    return K.Model(source, out), K.Model(source, [out, own]), (1, 0, 0)


def labels(K):
    """A bidirectional GRU whose states look at each other, for one label."""
    L = K.layers
    source = L.Input((None,), name="source")
    x = L.Bidirectional(L.GRU(4, return_sequences=True))(L.Embedding(SOURCE, 6)(source))
    y, own = L.Attention(use_scale=True)([x, x], return_attention_scores=True)
    out = L.Dense(3, activation="softmax")(L.GlobalAveragePooling1D()(y))
    return K.Model(source, out), K.Model(source, [out, own]), (1, 0, 0)


def heads_axis(weights):
    weights = np.asarray(weights)[0]
    return weights if weights.ndim == 3 else weights[None]


def cases():
    for name, make, seed in (("functional-additive", additive, 51), ("functional-heads", heads, 52),
                             ("functional-labels", labels, 53), ("functional-masked", masked, 54),
                             ("functional-joined", joined, 55), ("functional-mean", mean, 56),
                             ("functional-padded", padded, 57)):
        for K, library in ((tf_keras, "keras2"), (keras, "keras3")):
            K.backend.clear_session()
            model, watched, (encoder, decoder, cross) = make(K)
            fill(seed, model)
            is_translator = decoder or cross
            length = 6 if make in (masked, joined, mean, padded) else 0

            def run(source, given):
                source, given = (x + [0] * (length - len(x)) for x in (source, given))
                inputs = [np.array([source]), np.array([given])] if is_translator else np.array([source])
                return [np.asarray(v) for v in watched(inputs)]

            def step(state, token):
                source, given = state
                given = given + [token]
                out, *seen = run(source, given)
                sites = {}
                if cross:
                    sites["cross"] = heads_axis(seen[-1])[None, :, -1]
                if decoder:
                    sites["decoder"] = heads_axis(seen[encoder])[None, :, -1]
                if length:  # Rows behind those that have been read are padding.
                    sites["cross"] = heads_axis(seen[-1])[None, :, len(given) - 1]
                last = out[0, len(given) - 1] if length else out[0, -1]
                return (source, given), np.log(last) if name == "functional-additive" else last, sites

            if library == "keras3" or make is padded:
                expected = Expected(1, 2, length or 8)
                for source, target in SENTENCES:
                    source = source + [0] * (length - len(source))
                    if is_translator:
                        expected.add(source, target, lambda s: (s, []), step,
                                     (lambda s: heads_axis(run(s, [1])[1])[None]) if encoder else None)
                    else:
                        n = expected.count
                        expected.count += 1
                        expected.tensors |= {f"in.source.{n}": np.array([source], np.int32),
                                             f"out.encoder.{n}": heads_axis(run(source, [])[1])[None].astype(np.float32)}
                        expected.margin = 1
                expected.write(name if library == "keras3" else f"{name}-keras2", VERSIONS)
            place = folder(f"{name}-{library}")
            model.save(str(place / "model.keras"))
            model.save(str(place / "model.h5"))
            if library == "keras2":
                model.save(str(place / "saved"))
                forget_programs(place / "saved")


if __name__ == "__main__":
    cases()
