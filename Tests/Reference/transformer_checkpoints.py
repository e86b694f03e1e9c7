"""TensorFlow's Transformer tutorial in its two forms, tiny, saved as tf.train.Checkpoint and .weights.h5, and what it
computes: written from the tutorial's equations in tf_keras and Keras 3.
"""
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import keras
import numpy as np
import tensorflow as tf
import tf_keras

from foreign import Expected, fill, folder

SOURCE, TARGET, WIDTH, HEADS, HIDDEN, LAYERS = 13, 11, 8, 2, 12, 2
SENTENCES = [([1, 5, 9, 4, 2], [6, 3, 7, 2]), ([1, 12, 7, 2], [8, 8, 2]), ([1, 3, 2], [5, 10, 4, 9, 2])]
VERSIONS = f"tf_keras {tf_keras.__version__}, keras {keras.__version__}, tensorflow {tf.__version__}"


def angles(length, width):
    rates = 1 / np.power(10000, 2 * (np.arange(width)[None] // 2) / np.float32(width))
    return np.arange(length)[:, None] * rates


def interleaved(length, width):
    a = angles(length, width)
    a[:, 0::2], a[:, 1::2] = np.sin(a[:, 0::2]), np.cos(a[:, 1::2])
    return tf.cast(a[None], tf.float32)


def side_by_side(length, width):
    depth = width / 2
    a = np.arange(length)[:, None] / 10000 ** (np.arange(depth)[None] / depth)
    return tf.cast(np.concatenate([np.sin(a), np.cos(a)], -1)[None], tf.float32)


def causal(length):
    return tf.constant(np.tril(np.ones((length, length), bool)))


def older(K):
    L = K.layers

    class MultiHeadAttention(L.Layer):
        def __init__(self):
            super().__init__()
            self.wq, self.wk, self.wv, self.dense = (L.Dense(WIDTH) for _ in range(4))

        def split(self, x):
            return tf.transpose(tf.reshape(x, (1, -1, HEADS, WIDTH // HEADS)), [0, 2, 1, 3])

        def call(self, q, k, v, mask=None):
            q, k, v = self.split(self.wq(q)), self.split(self.wk(k)), self.split(self.wv(v))
            scores = tf.matmul(q, k, transpose_b=True) / tf.sqrt(tf.cast(WIDTH // HEADS, tf.float32))
            if mask is not None:
                scores = tf.where(mask, scores, -1e9)
            weights = tf.nn.softmax(scores, -1)
            joined = tf.reshape(tf.transpose(tf.matmul(weights, v), [0, 2, 1, 3]), (1, -1, WIDTH))
            return self.dense(joined), weights

    def feed_forward():
        return K.Sequential([L.Dense(HIDDEN, activation="relu"), L.Dense(WIDTH)])

    def norm():
        return L.LayerNormalization(epsilon=1e-6)

    class EncoderLayer(L.Layer):
        def __init__(self):
            super().__init__()
            self.mha, self.ffn, self.layernorm1, self.layernorm2 = MultiHeadAttention(), feed_forward(), norm(), norm()

        def call(self, x):
            y, weights = self.mha(x, x, x)
            x = self.layernorm1(x + y)
            return self.layernorm2(x + self.ffn(x)), weights

    class DecoderLayer(L.Layer):
        def __init__(self):
            super().__init__()
            self.mha1, self.mha2, self.ffn = MultiHeadAttention(), MultiHeadAttention(), feed_forward()
            self.layernorm1, self.layernorm2, self.layernorm3 = norm(), norm(), norm()

        def call(self, x, states, mask):
            y, own = self.mha1(x, x, x, mask=mask)
            x = self.layernorm1(y + x)
            y, cross = self.mha2(x, states, states)
            x = self.layernorm2(y + x)
            return self.layernorm3(self.ffn(x) + x), own, cross

    return stacks(K, lambda: (EncoderLayer(), DecoderLayer()), interleaved)


def newer(K):
    L = K.layers

    class BaseAttention(L.Layer):
        def __init__(self):
            super().__init__()
            self.mha = L.MultiHeadAttention(num_heads=HEADS, key_dim=5)
            self.layernorm, self.add = L.LayerNormalization(), L.Add()

        def call(self, x, context, mask=None):
            y, weights = self.mha(query=x, key=context, value=context, return_attention_scores=True,
                                  attention_mask=None if mask is None else mask[None])
            return self.layernorm(self.add([x, y])), weights

    class FeedForward(L.Layer):
        def __init__(self):
            super().__init__()
            self.seq = K.Sequential([L.Dense(HIDDEN, activation="relu"), L.Dense(WIDTH), L.Dropout(0.1)])
            self.add, self.layer_norm = L.Add(), L.LayerNormalization()

        def call(self, x):
            return self.layer_norm(self.add([x, self.seq(x)]))

    class EncoderLayer(L.Layer):
        def __init__(self):
            super().__init__()
            self.self_attention, self.ffn = BaseAttention(), FeedForward()

        def call(self, x):
            x, weights = self.self_attention(x, x)
            return self.ffn(x), weights

    class DecoderLayer(L.Layer):
        def __init__(self):
            super().__init__()
            self.causal_self_attention, self.cross_attention = BaseAttention(), BaseAttention()
            self.ffn = FeedForward()

        def call(self, x, states, mask):
            x, own = self.causal_self_attention(x, x, mask)
            x, cross = self.cross_attention(x, states)
            return self.ffn(x), own, cross

    return stacks(K, lambda: (EncoderLayer(), DecoderLayer()), side_by_side)


def stacks(K, layers, positions):
    """Encoder, decoder and the whole, around layers of either form."""
    L = K.layers
    is_newer = positions is side_by_side

    class PositionalEmbedding(L.Layer):
        def __init__(self, size):
            super().__init__()
            self.embedding = L.Embedding(size, WIDTH)

        def call(self, x):
            return embed(self.embedding, x)

    def embed(embedding, x):
        return embedding(x) * tf.sqrt(tf.cast(WIDTH, tf.float32)) + positions(64, WIDTH)[:, :x.shape[1]]

    class Stack(L.Layer):
        def __init__(self, size):
            super().__init__()
            if is_newer:
                self.pos_embedding = PositionalEmbedding(size)
            else:
                self.embedding = L.Embedding(size, WIDTH)

        def embedded(self, x):
            return self.pos_embedding(x) if is_newer else embed(self.embedding, x)

    class Encoder(Stack):
        def __init__(self):
            super().__init__(SOURCE)
            self.enc_layers = [layers()[0] for _ in range(LAYERS)]

        def call(self, x):
            x, seen = self.embedded(x), []
            for layer in self.enc_layers:
                x, weights = layer(x)
                seen.append(weights)
            return x, seen

    class Decoder(Stack):
        def __init__(self):
            super().__init__(TARGET)
            self.dec_layers = [layers()[1] for _ in range(LAYERS)]

        def call(self, x, states):
            x, own, cross = self.embedded(x), [], []
            mask = causal(x.shape[1])
            for layer in self.dec_layers:
                x, a, b = layer(x, states, mask)
                own.append(a)
                cross.append(b)
            return x, own, cross

    class Transformer(K.Model):
        def __init__(self):
            super().__init__()
            self.encoder, self.decoder, self.final_layer = Encoder(), Decoder(), L.Dense(TARGET)

        def call(self, source, target):
            states, seen = self.encoder(source)
            x, own, cross = self.decoder(target, states)
            return self.final_layer(x), seen, own, cross

    return Transformer()


def cases():
    for name, make, seed in (("transformer-older", older, 41), ("transformer-newer", newer, 42)):
        for K, library in ((tf_keras, "keras2"), (keras, "keras3")):
            model = make(K)
            model(tf.constant([[1, 2]]), tf.constant([[1]]))
            fill(seed, model, gain=2)

            def start(source):
                return source, []

            def step(state, token):
                source, given = state
                given = given + [token]
                logits, _, own, cross = model(tf.constant([source]), tf.constant([given]))
                sites = {"cross": np.stack([w[0, :, -1] for w in cross]), "decoder": np.stack([w[0, :, -1] for w in own])}
                return (source, given), logits[0, -1].numpy(), sites

            def encoder(source):
                return np.stack([w[0] for w in model(tf.constant([source]), tf.constant([[1]]))[1]])

            if library == "keras3":
                expected = Expected(1, 2)
                for source, target in SENTENCES:
                    expected.add(source, target, start, step, encoder)
                expected.write(name, VERSIONS, heads=HEADS)
            if library == "keras2":
                tf.train.Checkpoint(transformer=model).save(str(folder(f"{name}-{library}") / "ckpt"))
                model.save_weights(str(folder(f"{name}-{library}-legacy") / "model.h5"))
            else:  # Its graph leaves lists of layers out: the optimizer alone knows them.
                optimizer = K.optimizers.SGD()
                optimizer.apply_gradients([(tf.zeros_like(v), v) for v in model.trainable_variables])
                checkpoint = tf.train.Checkpoint(transformer=model, optimizer=optimizer)
                checkpoint.save(str(folder(f"{name}-{library}") / "ckpt"))
            model.save_weights(str(folder(f"{name}-{library}-weights") / "model.weights.h5"))


if __name__ == "__main__":
    cases()
