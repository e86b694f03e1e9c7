"""Tiny recurrent models with attention, saved in every way that their tutorials save them, and what they compute.

The classes follow the equations of the tutorials' text: TensorFlow's translation with attention (GRU whose decoder
starts from zeros at every step, and the later one with Luong's order), PyTorch's sequence-to-sequence tutorial in
its first form (a linear layer over MAX_LENGTH positions) and its later one (additive), and the date translator of a
course (a bidirectional LSTM, repeated state, no token fed back).
"""
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")


import keras
import numpy as np
import tensorflow as tf
import tf_keras
import torch

from foreign import Expected, fill, fill_torch, folder, forget_programs

SOURCE, TARGET, EMBEDDING, UNITS = 13, 11, 6, 7
SENTENCES = [([1, 5, 9, 4, 2], [6, 3, 7, 2]), ([1, 12, 7, 2, 0, 0], [8, 8, 2]), ([1, 3, 2], [5, 10, 4, 9, 2])]
VERSIONS = f"tf_keras {tf_keras.__version__}, keras {keras.__version__}, tensorflow {tf.__version__}"


def tutorial(K, reset_after=True, activation="sigmoid", use_bias=True):
    """The classes of the tutorial in one of the two libraries."""
    L = K.layers

    def gru(units):
        return L.GRU(units, return_sequences=True, return_state=True, reset_after=reset_after,
                     recurrent_activation=activation, use_bias=use_bias)

    class Encoder(K.Model):
        def __init__(self):
            super().__init__()
            self.embedding, self.gru = L.Embedding(SOURCE, EMBEDDING), gru(UNITS)

        def call(self, x, hidden):
            return self.gru(self.embedding(x), initial_state=hidden)

    class BahdanauAttention(L.Layer):
        def __init__(self, units):
            super().__init__()
            self.W1, self.W2, self.V = L.Dense(units), L.Dense(units), L.Dense(1)

        def call(self, query, values):
            score = self.V(tf.nn.tanh(self.W1(tf.expand_dims(query, 1)) + self.W2(values)))
            weights = tf.nn.softmax(score, axis=1)
            return tf.reduce_sum(weights * values, axis=1), weights

    class Decoder(K.Model):
        def __init__(self):
            super().__init__()
            self.embedding, self.gru, self.fc = L.Embedding(TARGET, EMBEDDING - 1), gru(UNITS), L.Dense(TARGET)
            self.attention = BahdanauAttention(5)

        def call(self, x, hidden, enc_output):
            context, weights = self.attention(hidden, enc_output)
            x = tf.concat([tf.expand_dims(context, 1), self.embedding(x)], axis=-1)
            output, state = self.gru(x)
            return self.fc(tf.reshape(output, (-1, output.shape[2]))), state, weights

    return Encoder(), Decoder()


def tutorial_steps(encoder, decoder):
    def start(source):
        values, hidden = encoder(tf.constant([source]), tf.zeros((1, UNITS)))
        return values, hidden

    def step(state, token):
        values, hidden = state
        logits, hidden, weights = decoder(tf.constant([[token]]), hidden, values)
        return (values, hidden), logits[0].numpy(), {"cross": weights[0, :, 0].numpy()[None, None]}

    return start, step


def text_tutorial(K):
    """The later tutorial: the cell first, then additive attention, then tanh(Wc [context; state])."""
    L = K.layers

    class Encoder(K.Model):
        def __init__(self):
            super().__init__()
            self.embedding = L.Embedding(SOURCE, EMBEDDING)
            self.gru = L.GRU(UNITS, return_sequences=True, return_state=True)

        def call(self, x):
            return self.gru(self.embedding(x))

    class BahdanauAttention(L.Layer):
        def __init__(self, units):
            super().__init__()
            self.W1, self.W2 = L.Dense(units, use_bias=False), L.Dense(units, use_bias=False)
            self.attention = L.AdditiveAttention()

        def call(self, query, value):
            return self.attention([self.W1(query), value, self.W2(value)], return_attention_scores=True)

    class Decoder(K.Model):
        def __init__(self):
            super().__init__()
            self.embedding = L.Embedding(TARGET, EMBEDDING)
            self.gru = L.GRU(UNITS, return_sequences=True, return_state=True)
            self.attention = BahdanauAttention(UNITS)
            self.Wc = L.Dense(UNITS, activation="tanh", use_bias=False)
            self.fc = L.Dense(TARGET)

        def call(self, x, values, state):
            output, state = self.gru(self.embedding(x), initial_state=state)
            context, weights = self.attention(output, values)
            return self.fc(self.Wc(tf.concat([context, output], -1))), state, weights

    encoder, decoder = Encoder(), Decoder()

    def start(source):
        return encoder(tf.constant([source]))

    def step(state, token):
        values, hidden = state
        logits, hidden, weights = decoder(tf.constant([[token]]), values, hidden)
        return (values, hidden), logits[0, 0].numpy(), {"cross": weights[0, 0].numpy()[None, None]}

    return encoder, decoder, start, step


def expect(name, start, step, sentences=SENTENCES, start_id=1, end_id=2, steps=8, reference=VERSIONS, **options):
    expected = Expected(start_id, end_id, steps)
    for source, target in sentences:
        expected.add(source, target, start, step)
    expected.write(name, reference, **options)


def slots(K, optimizer, encoder, decoder, seed):
    """One update, so that the optimizer has slots; then the seeded weights again."""
    variables = encoder.trainable_variables + decoder.trainable_variables
    optimizer.apply_gradients([(tf.ones_like(v), v) for v in variables])
    fill(seed, encoder, decoder)


def keras_cases():
    for K, library in ((tf_keras, "keras2"), (keras, "keras3")):
        encoder, decoder = tutorial(K)
        start, step = tutorial_steps(encoder, decoder)
        step(start([1, 2]), 1)
        fill(11, encoder, decoder)
        if library == "keras3":
            expect("tutorial", start, step)
        optimizer = K.optimizers.Adam()
        slots(K, optimizer, encoder, decoder, 11)
        checkpoint = tf.train.Checkpoint(optimizer=optimizer, encoder=encoder, decoder=decoder)
        checkpoint.save(str(folder(f"tutorial-{library}-checkpoint") / "ckpt"))
        place = folder(f"tutorial-{library}-weights")
        encoder.save_weights(str(place / "encoder.weights.h5"))
        decoder.save_weights(str(place / "decoder.weights.h5"))
        if library == "keras2":
            place = folder("tutorial-keras2-legacy")
            encoder.save_weights(str(place / "encoder.h5"), save_format="h5")
            decoder.save_weights(str(place / "decoder.h5"), save_format="h5")

    # A GRU of before 2.3: the reset first, hard_sigmoid.
    encoder, decoder = tutorial(tf_keras, reset_after=False, activation="hard_sigmoid")
    start, step = tutorial_steps(encoder, decoder)
    step(start([1, 2]), 1)
    fill(12, encoder, decoder)
    expect("tutorial-hard", start, step)
    tf.train.Checkpoint(encoder=encoder, decoder=decoder).save(str(folder("tutorial-hard") / "ckpt"))

    encoder, decoder, start, step = text_tutorial(tf_keras)
    step(start([1, 2]), 1)
    fill(14, encoder, decoder)
    expect("tutorial-text", start, step)
    tf.train.Checkpoint(encoder=encoder, decoder=decoder).save(str(folder("tutorial-text") / "ckpt"))


def cross_tutorial(K):
    """The tutorial since 2022: both directions added up, a GRU, Keras' attention from it to them, a norm of the sum."""
    L = K.layers

    class Encoder(L.Layer):
        def __init__(self):
            super().__init__()
            self.embedding = L.Embedding(SOURCE, UNITS, mask_zero=True)
            self.rnn = L.Bidirectional(merge_mode="sum", layer=L.GRU(UNITS, return_sequences=True))

        def call(self, x):
            return self.rnn(self.embedding(x))

    class CrossAttention(L.Layer):
        def __init__(self, units):
            super().__init__()
            self.mha = L.MultiHeadAttention(key_dim=units, num_heads=1)
            self.layernorm, self.add = L.LayerNormalization(), L.Add()

        def call(self, x, context):
            y, weights = self.mha(query=x, value=context, return_attention_scores=True)
            return self.layernorm(self.add([x, y])), weights

    class Decoder(L.Layer):
        def __init__(self):
            super().__init__()
            self.embedding = L.Embedding(TARGET, UNITS, mask_zero=True)
            self.rnn = L.GRU(UNITS, return_sequences=True, return_state=True)
            self.attention, self.output_layer = CrossAttention(UNITS), L.Dense(TARGET)

        def call(self, context, x, state):
            x, state = self.rnn(self.embedding(x), initial_state=state)
            x, weights = self.attention(x, context)
            return self.output_layer(x), state, weights

    class Translator(K.Model):
        def __init__(self):
            super().__init__()
            self.encoder, self.decoder = Encoder(), Decoder()

        def call(self, context, x):
            return self.decoder(self.encoder(context), x, tf.zeros((1, UNITS)))[0]

    model = Translator()
    model(tf.constant([[1, 2]]), tf.constant([[1]]))

    def start(source):
        return model.encoder(tf.constant([source])), tf.zeros((1, UNITS))

    def step(state, token):
        context, hidden = state
        logits, hidden, weights = model.decoder(context, tf.constant([[token]]), hidden)
        return (context, hidden), logits[0, 0].numpy(), {"cross": weights[0, :, 0].numpy()[None]}

    return model, start, step


def later_cases():
    """Forms and containers that came in later: TensorFlow's prefixes beside each other, a SavedModel, no biases."""
    encoder, decoder = tutorial(tf_keras)
    start, step = tutorial_steps(encoder, decoder)
    step(start([1, 2]), 1)
    fill(11, encoder, decoder)
    place = folder("tutorial-keras2-prefixes")
    encoder.save_weights(str(place / "encoder"), save_format="tf")
    decoder.save_weights(str(place / "decoder"), save_format="tf")
    place = folder("tutorial-keras2-saved")
    tf.saved_model.save(tf.train.Checkpoint(encoder=encoder, decoder=decoder), str(place))
    forget_programs(place)

    for K, library in ((tf_keras, "keras2"), (keras, "keras3")):
        encoder, decoder = tutorial(K, use_bias=False)
        start, step = tutorial_steps(encoder, decoder)
        step(start([1, 2]), 1)
        fill(15, encoder, decoder)
        if library == "keras3":
            expect("tutorial-plain", start, step)
        tf.train.Checkpoint(encoder=encoder, decoder=decoder).save(str(folder(f"tutorial-plain-{library}") / "ckpt"))

        model, start, step = cross_tutorial(K)
        fill(16, model, gain=1)
        if library == "keras2":  # Whose masks of padding reach the attention, as they did when the tutorial was written.
            expect("tutorial-cross", start, step)
        model.save_weights(str(folder(f"tutorial-cross-{library}-weights") / "model.weights.h5"))
        tf.train.Checkpoint(model).save(str(folder(f"tutorial-cross-{library}") / "ckpt"))


class EncoderRNN(torch.nn.Module):
    def __init__(self, size, hidden):
        super().__init__()
        self.embedding = torch.nn.Embedding(size, hidden)
        self.gru = torch.nn.GRU(hidden, hidden, batch_first=True)

    def forward(self, x):
        return self.gru(self.embedding(x))


class AttnDecoderRNN(torch.nn.Module):
    """The first tutorial's: weights over MAX_LENGTH positions from the embedded token and the state alone."""

    def __init__(self, hidden, size, length):
        super().__init__()
        self.embedding = torch.nn.Embedding(size, hidden)
        self.attn = torch.nn.Linear(hidden * 2, length)
        self.attn_combine = torch.nn.Linear(hidden * 2, hidden)
        self.gru = torch.nn.GRU(hidden, hidden)
        self.out = torch.nn.Linear(hidden, size)

    def forward(self, token, state, values):
        embedded = self.embedding(token).view(1, -1)
        weights = torch.softmax(self.attn(torch.cat([embedded, state[0]], 1)), 1)
        x = torch.relu(self.attn_combine(torch.cat([embedded, weights @ values], 1)))
        output, state = self.gru(x[None], state)
        return self.out(output[0]), state, weights


class BahdanauAttention(torch.nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.Wa, self.Ua = torch.nn.Linear(hidden, hidden), torch.nn.Linear(hidden, hidden)
        self.Va = torch.nn.Linear(hidden, 1)

    def forward(self, query, keys):
        scores = self.Va(torch.tanh(self.Wa(query) + self.Ua(keys))).squeeze(2).unsqueeze(1)
        weights = torch.softmax(scores, -1)
        return torch.bmm(weights, keys), weights


class LaterDecoderRNN(torch.nn.Module):
    def __init__(self, hidden, size):
        super().__init__()
        self.embedding = torch.nn.Embedding(size, hidden)
        self.attention = BahdanauAttention(hidden)
        self.gru = torch.nn.GRU(2 * hidden, hidden, batch_first=True)
        self.out = torch.nn.Linear(hidden, size)

    def forward(self, token, state, values):
        embedded = self.embedding(token)
        context, weights = self.attention(state.permute(1, 0, 2), values)
        output, state = self.gru(torch.cat([embedded, context], 2), state)
        return self.out(output)[:, 0], state, weights


def torch_cases():
    hidden, length = 7, 6
    sentences = [([5, 9, 4, 1], [6, 3, 7, 1]), ([12, 7, 1], [8, 8, 1]), ([3, 2, 10, 6, 4, 1], [5, 10, 4, 9, 1])]
    versions = f"torch {torch.__version__}"

    encoder, decoder = EncoderRNN(SOURCE, hidden), AttnDecoderRNN(hidden, TARGET, length)
    fill_torch(21, encoder, decoder)

    def start(source):
        values, state = encoder(torch.tensor([source]))
        padded = torch.zeros(length, hidden)
        padded[:len(source)] = values[0]
        return padded, state

    def step(state, token):
        values, hidden_state = state
        with torch.no_grad():
            logits, hidden_state, weights = decoder(torch.tensor([token]), hidden_state, values)
        return (values, hidden_state), logits[0].numpy(), {"cross": weights.numpy()[None]}

    with torch.no_grad():
        expect("torch-combine", start, step, sentences, 0, 1, reference=versions)
    place = folder("torch-combine-separate")
    torch.save(encoder.state_dict(), place / "encoder.pt")
    torch.save(decoder.state_dict(), place / "decoder.pt")
    parallel = {f"module.{k}": v for k, v in decoder.state_dict().items()}
    torch.save({"epoch": 3, "encoder": {f"module.{k}": v for k, v in encoder.state_dict().items()},
                "decoder": parallel}, folder("torch-combine-together") / "checkpoint.pt")

    encoder, decoder = EncoderRNN(SOURCE, hidden), LaterDecoderRNN(hidden, TARGET)
    fill_torch(22, encoder, decoder)

    def later_start(source):
        return encoder(torch.tensor([source]))

    def later_step(state, token):
        values, hidden_state = state
        with torch.no_grad():
            logits, hidden_state, weights = decoder(torch.tensor([[token]]), hidden_state, values)
        return (values, hidden_state), logits[0].numpy(), {"cross": weights[0].numpy()[None]}

    with torch.no_grad():
        expect("torch-additive", later_start, later_step, sentences, 0, 1, reference=versions)
    place = folder("torch-additive")
    optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()])
    sum((p ** 2).sum() for m in (encoder, decoder) for p in m.parameters()).backward()
    optimizer.step()
    fill_torch(22, encoder, decoder)
    torch.save({"encoder_state_dict": encoder.state_dict(), "decoder_state_dict": decoder.state_dict(),
                "optimizer_state_dict": optimizer.state_dict(), "loss": 0.5}, place / "model.tar")


def dates(K, length, steps, human, machine, before, after, inner):
    """The course's functional model; the softmax over time is a function of its own."""
    L = K.layers

    def softmax(x, axis=1):
        e = tf.exp(x - tf.reduce_max(x, axis=axis, keepdims=True))
        return e / tf.reduce_sum(e, axis=axis, keepdims=True)

    repeat, concatenate = L.RepeatVector(length), L.Concatenate(axis=-1)
    dense1, dense2 = L.Dense(inner, activation="tanh"), L.Dense(1, activation="relu")
    activator, dot = L.Activation(softmax, name="attention_weights"), L.Dot(axes=1)
    x = L.Input((length, human))
    s0, c0 = L.Input((after,), name="s0"), L.Input((after,), name="c0")
    s, c, outputs, weights = s0, c0, [], []
    a = L.Bidirectional(L.LSTM(before, return_sequences=True))(x)
    cell, output = L.LSTM(after, return_state=True), L.Dense(machine, activation="softmax")
    for _ in range(steps):
        alphas = activator(dense2(dense1(concatenate([a, repeat(s)]))))
        weights.append(alphas)
        s, _, c = cell(dot([alphas, a]), initial_state=[s, c])
        outputs.append(output(s))
    return K.Model([x, s0, c0], outputs), K.Model([x, s0, c0], outputs + weights)


def date_cases():
    length, steps, human, machine, before, after = 6, 4, 9, 5, 3, 4
    sentences = [([3, 5, 1, 8, 0, 0], [1, 2, 3, 4]), ([7, 7, 2, 4, 6, 1], [0, 0, 4, 1])]
    for K, library in ((tf_keras, "keras2"), (keras, "keras3")):
        K.backend.clear_session()
        model, both = dates(K, length, steps, human, machine, before, after, 10)
        fill(31, model)
        # Scores above zero, which relu lets through.
        [bias] = [w for layer in model.layers for w in layer.weights if tuple(w.shape) == (1,)]
        bias.assign([1.5])

        def start(source):
            x = np.eye(human, dtype=np.float32)[source][None]
            zeros = np.zeros((1, after), np.float32)
            return [np.asarray(v) for v in both([x, zeros, zeros])], 0

        def step(state, token):
            values, number = state
            return (values, number + 1), np.log(values[number][0]), {
                "cross": values[steps + number][0, :, 0][None, None]}

        if library == "keras3":
            expect("dates", start, step, sentences, -1, -1, steps, length=length)
        place = folder(f"dates-{library}")
        model.save(str(place / "model.h5"))
        model.save_weights(str(folder(f"dates-{library}-weights") / "model.weights.h5"))
        model.save(str(folder(f"dates-{library}-archive") / "model.keras"))
        if library == "keras2":
            place = folder("dates-keras2-saved")
            model.save(str(place))
            forget_programs(place)


if __name__ == "__main__":
    keras_cases()
    later_cases()
    torch_cases()
    date_cases()
