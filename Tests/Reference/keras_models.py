"""The attention tutorial's encoder and decoder in Keras 3; masking, carried state, stacks and directions are options.

`mask_source` off and `carry` off is the tutorial as published: padding is read and attended to, and the decoder's
GRU is called without an initial state.
"""
import keras
import numpy as np
import tensorflow as tf

from golden import START, source_mask

L = keras.layers


class BahdanauAttention(L.Layer):
    """score = V . tanh(W1 query + W2 values); softmax over the source; context = weighted sum."""

    def __init__(self, units):
        super().__init__()
        self.W1, self.W2, self.V = L.Dense(units), L.Dense(units), L.Dense(1)

    def call(self, query, values, mask):
        score = self.V(tf.nn.tanh(self.W1(tf.expand_dims(query, 1)) + self.W2(values)))  # [B, S, 1]
        weights = tf.nn.softmax(tf.where(mask[..., None], score, -np.inf), axis=1)
        return tf.reduce_sum(weights * values, axis=1), weights[..., 0]


class KerasModel:
    """Holds the layers, sets their weights from `p`, and maps our parameter names to their variables."""

    def __init__(self, options, p):
        self.o, self.p, self.variables = options, p, {}
        self.source_embedding = self.embedding("encoder.embedding")
        self.encoder = [self.encoder_layer(n) for n in range(options["encoder_layers"])]
        self.bridges = [self.dense(f"bridge.{n}", L.Dense(options["decoder_units"], activation="tanh"))
                        for n in range(options["decoder_layers"]) if options["bidirectional"]]
        self.attention = BahdanauAttention(options["attention_units"])
        for name, layer in (("query", self.attention.W1), ("key", self.attention.W2), ("score", self.attention.V)):
            self.dense(f"attention.{name}", layer)
        self.target_embedding = self.embedding("decoder.embedding")
        self.decoder = [self.recurrent(f"decoder.layers.{n}") for n in range(options["decoder_layers"])]
        self.output = self.dense("output", L.Dense(p["output.bias"].shape[0]))
        assert set(self.variables) == set(p)

    def adopt(self, prefix, names, layer_variables):
        for name, variable in zip(names, layer_variables):
            variable.assign(self.p[f"{prefix}.{name}"])
            self.variables[f"{prefix}.{name}"] = variable

    def embedding(self, prefix):
        layer = L.Embedding(*self.p[prefix + ".weight"].shape)
        layer.build()
        self.adopt(prefix, ["weight"], [layer.embeddings])
        return layer

    def dense(self, prefix, layer):
        layer.build((None, self.p[prefix + ".kernel"].shape[0]))
        self.adopt(prefix, ["kernel", "bias"], [layer.kernel, layer.bias])
        return layer

    def adopt_gru(self, prefix, layer):
        names = ["kernel", "recurrent_kernel", "bias"]
        self.adopt(prefix, names, [getattr(layer.cell, k) for k in names])

    def gru(self, units):
        return L.GRU(units, return_sequences=True, return_state=True, reset_after=self.o["reset_after"])

    def recurrent(self, prefix):
        layer = self.gru(self.p[prefix + ".recurrent_kernel"].shape[0])
        layer.build((None, None, self.p[prefix + ".kernel"].shape[0]))
        self.adopt_gru(prefix, layer)
        return layer

    def encoder_layer(self, n):
        prefix = f"encoder.layers.{n}"
        if not self.o["bidirectional"]:
            return self.recurrent(prefix + ".forward")
        layer = L.Bidirectional(self.gru(self.o["encoder_units"]), merge_mode="concat")
        layer.build((None, None, self.p[prefix + ".forward.kernel"].shape[0]))
        self.adopt_gru(prefix + ".forward", layer.forward_layer)
        self.adopt_gru(prefix + ".backward", layer.backward_layer)
        return layer

    def encode(self, source, mask):
        x, finals = self.source_embedding(source), []
        for layer in self.encoder:
            x, *final = layer(x, mask=mask)
            finals.append(tf.concat(final, -1))
        if self.o["bidirectional"]:
            finals = [bridge(final) for bridge, final in zip(self.bridges, finals)]
        return x, finals

    def step(self, tokens, states, values, mask):
        """One decoder step: the query is the top layer's state before it."""
        context, weights = self.attention(states[-1], values, mask)
        x = tf.concat([tf.expand_dims(context, 1), self.target_embedding(tokens[:, None])], axis=-1)
        new = []
        for layer, state in zip(self.decoder, states):
            x, state = layer(x, initial_state=state) if self.o["carry"] else layer(x)
            new.append(state)
        return self.output(x[:, 0]), new, weights

    def decode(self, source, lengths, steps, given=None):
        """Teacher-forced on `given` [B, T] (inputs, start token first), or greedy: named [B, T, ..] tensors."""
        width = source.shape[1]
        mask = tf.constant(source_mask(lengths if self.o["mask_source"] else [width] * len(lengths), width))
        values, states = self.encode(source, mask)
        tokens = tf.fill([source.shape[0]], START)
        logits, ids, attention = [], [], []
        for number in range(steps):
            tokens = given[:, number] if given is not None else tokens
            each, states, weights = self.step(tokens, states, values, mask)
            tokens = tf.argmax(each, -1, output_type=tf.int32)
            logits.append(each)
            ids.append(tokens)
            attention.append(weights)
        return {"logits": tf.stack(logits, 1), "ids": tf.stack(ids, 1), "attention": tf.stack(attention, 1),
                "encoder_states": values}

    def loss(self, out, targets):
        """The tutorial's loss (sum over steps of the mean over the batch), and means over positions and tokens."""
        steps, total = 0.0, 0.0
        for t in range(targets.shape[1]):
            each = keras.losses.sparse_categorical_crossentropy(targets[:, t], out["logits"][:, t], from_logits=True)
            each = each * tf.cast(targets[:, t] != 0, tf.float32)
            steps += tf.reduce_mean(each)
            total += tf.reduce_sum(each)
        return {"steps": steps, "tokens": total / float((targets != 0).sum()), "positions": steps / targets.shape[1]}

    def gradients(self, loss, tape):
        found = tape.gradient(loss, list(self.variables.values()))
        return {k: tf.convert_to_tensor(g) for k, g in zip(self.variables, found)}

    def train(self, source, lengths, given, targets, steps, optimizer):
        """The batch's `steps` loss before each of `steps` updates and after the last; leaves the weights changed."""
        losses = []
        for n in range(steps + 1):
            with tf.GradientTape() as tape:
                loss = self.loss(self.decode(source, lengths, given.shape[1], given), targets)["steps"]
            losses.append(loss.numpy())
            if n < steps:
                optimizer.apply(list(self.gradients(loss, tape).values()), list(self.variables.values()))
        return np.array(losses, np.float32)
