"""Recurrent encoder-decoders written plainly in PyTorch, reading parameters in Keras layout.

The recurrent layers are PyTorch's own (nn.LSTM, nn.GRU, nn.LSTMCell, nn.GRUCell), called with our parameters
turned into PyTorch's layout inside the graph, so that gradients come out in Keras layout. Attention follows
Luong et al. 2015 (arXiv:1508.04025), equations 5 to 10, and Bahdanau et al. 2015.
"""
import torch
from torch.func import functional_call
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from golden import START


def lstm_weights(kernel, recurrent, bias):
    """Keras LSTM (i, f, c, o; one bias) as PyTorch's names (i, f, g, o; two biases, of which one is zero)."""
    return {"weight_ih": kernel.T, "weight_hh": recurrent.T, "bias_ih": bias, "bias_hh": torch.zeros_like(bias)}


def gru_weights(kernel, recurrent, bias):
    """Keras GRU with reset_after (z, r, h; bias [2, 3U]) as PyTorch's names (r, z, n)."""
    def gates(x):
        z, r, h = x.chunk(3, -1)
        return torch.cat([r, z, h], -1)
    return {"weight_ih": gates(kernel).T, "weight_hh": gates(recurrent).T,
            "bias_ih": gates(bias)[0], "bias_hh": gates(bias)[1]}


def cell_weights(cell, p, prefix):
    return (gru_weights if cell == "gru" else lstm_weights)(
        *(p[f"{prefix}.{k}"] for k in ("kernel", "recurrent_kernel", "bias")))


def attend(p, prefix, query, values, lengths, step, score, local=None, window=None):
    """One query [B, U] over values [B, S, K]: scores, softmax, weights [B, S] and the context [B, K].

    local "monotonic": the center is the step's number, held at the sentence's last token.
    local "predictive": center = length * sigmoid(v_p . tanh(W_p h)); the weights are the softmax inside the
    window times exp(-(s - center)^2 / (2 (D/2)^2)), so that they do not sum to 1.
    Positions s count from 0; a window holds the real tokens with |s - center| <= D.
    """
    position = torch.arange(values.shape[1])[None]  # [1, S]
    kept = position < lengths[:, None]  # [B, S]
    if score == "dot":
        scores = (values @ query[:, :, None])[..., 0]
    elif score == "general":  # h_t . (h_s W)
        scores = ((values @ p[prefix + "general.kernel"]) @ query[:, :, None])[..., 0]
    elif score == "concat":  # v . tanh([h_t; h_s] W)
        pair = torch.cat([query[:, None].expand(-1, values.shape[1], -1), values], -1)
        scores = (torch.tanh(pair @ p[prefix + "concat.kernel"]) @ p[prefix + "score.kernel"])[..., 0]
    else:  # additive
        q = query @ p[prefix + "query.kernel"] + p[prefix + "query.bias"]
        k = values @ p[prefix + "key.kernel"] + p[prefix + "key.bias"]
        scores = (torch.tanh(q[:, None] + k) @ p[prefix + "score.kernel"])[..., 0] + p[prefix + "score.bias"]
    result = {"scores": scores}
    if local == "monotonic":
        center = torch.minimum(torch.tensor(step), lengths - 1)[:, None].float()
    elif local == "predictive":
        inner = torch.tanh(query @ p[prefix + "position.kernel"]) @ p[prefix + "position_score.kernel"]
        center = lengths[:, None] * torch.sigmoid(inner)  # [B, 1]
        result["centers"] = center[:, 0]
    if local:
        distance = (position - center).abs()
        if local == "predictive":  # an edge closer than this would hang on rounding
            assert ((distance.detach() - window).abs() > 1e-3).all(), "draw other numbers"
        kept = kept & (distance.detach() <= window)
    weights = torch.softmax(scores.masked_fill(~kept, -torch.inf), -1)
    if local:
        result["softmax"] = weights
    if local == "predictive":
        weights = weights * torch.exp(-(position - center) ** 2 / (2 * (window / 2) ** 2))
    return {**result, "weights": weights, "contexts": (weights[:, None] @ values)[:, 0]}


class TorchModel:
    """Encoder, bridge, attention, decoder and output of `options`, over named tensors `p` in Keras layout."""

    def __init__(self, options, p):
        self.o, self.p = options, p
        self.cell = options["cell"]

    def encode(self, source, lengths):
        """[B, S] ids -> states [B, S, K] and each decoder layer's initial state, as a tuple of [B, U]."""
        o, p = self.o, self.p
        layers, both = o["encoder_layers"], o["bidirectional"]
        x = p["encoder.embedding.weight"][source]
        kind = torch.nn.GRU if self.cell == "gru" else torch.nn.LSTM
        module = kind(x.shape[-1], o["encoder_units"], num_layers=layers, bidirectional=both, batch_first=True)
        named = {}
        for n in range(layers):
            for direction, suffix in (("forward", ""), ("backward", "_reverse"))[:2 if both else 1]:
                weights = cell_weights(self.cell, p, f"encoder.layers.{n}.{direction}")
                named |= {f"{k}_l{n}{suffix}": v for k, v in weights.items()}
        packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        out, final = functional_call(module, named, (packed,))
        states = pad_packed_sequence(out, batch_first=True, total_length=source.shape[1])[0]
        finals = (final,) if self.cell == "gru" else final  # each [layers * directions, B, U]
        return states, [self.bridge(n, finals) for n in range(o["decoder_layers"])]

    def bridge(self, layer, finals):
        """Where decoder layer `layer` starts; the decoder's layers belong to the topmost of the encoder's."""
        own = layer + self.o["encoder_layers"] - self.o["decoder_layers"]
        if not self.o["bidirectional"]:
            return tuple(f[own] for f in finals)
        names = [""] if self.cell == "gru" else ["hidden.", "cell."]
        return tuple(torch.tanh(torch.cat([f[2 * own], f[2 * own + 1]], -1)
                                @ self.p[f"bridge.{layer}.{n}kernel"] + self.p[f"bridge.{layer}.{n}bias"])
                     for f, n in zip(finals, names))

    def cells(self, x, states):
        """One step through the stacked decoder cells: the new states."""
        new = []
        for n, state in enumerate(states):
            weights = cell_weights(self.cell, self.p, f"decoder.layers.{n}")
            if self.cell == "gru":
                new.append((functional_call(torch.nn.GRUCell(x.shape[-1], state[0].shape[-1]), weights,
                                            (x, state[0])),))
            else:
                new.append(functional_call(torch.nn.LSTMCell(x.shape[-1], state[0].shape[-1]), weights, (x, state)))
            x = new[n][0]
        return new

    def step(self, tokens, states, fed, values, lengths, number):
        """One decoder step -> logits [B, V], new states, attentional state to feed, attention."""
        o, p = self.o, self.p
        x = embedded = p["decoder.embedding.weight"][tokens]
        attention = None
        if o["attention"] == "bahdanau":  # attends with the state before the step
            attention = attend(p, "attention.", states[-1][0], values, lengths, number, "additive")
            x = torch.cat([attention["contexts"], x], -1)
        elif o["input_feeding"]:
            x = torch.cat([x, fed], -1)
        states = self.cells(x, states)
        top = states[-1][0]
        if o["attention"] == "luong":  # attends with the state after the step
            attention = attend(p, "attention.", top, values, lengths, number, o["score"], o["local"], o["window"])
            top = fed = torch.tanh(torch.cat([attention["contexts"], top], -1) @ p["attention.combine.kernel"])
        if o["deep"]:  # Bahdanau et al. 2015, appendix A.2.2, with tanh in place of maxout
            top = torch.tanh(torch.cat([top, attention["contexts"], embedded], -1) @ p["readout.kernel"]
                             + p["readout.bias"])
        kernel = p["decoder.embedding.weight"].T if o["tied"] else p["output.kernel"]
        return top @ kernel + p["output.bias"], states, fed, attention

    def decode(self, source, lengths, steps, given=None):
        """Teacher-forced on `given` [B, T] (inputs, start token first), or greedy: named [B, T, ..] tensors."""
        values, states = self.encode(source, lengths)
        fed = torch.zeros_like(states[-1][0])
        tokens = torch.full((source.shape[0],), START)
        logits, ids, attention = [], [], []
        for number in range(steps):
            tokens = given[:, number] if given is not None else tokens
            each, states, fed, attended = self.step(tokens, states, fed, values, lengths, number)
            tokens = each.argmax(-1)
            logits.append(each)
            ids.append(tokens)
            attention.append(attended)
        out = {"logits": torch.stack(logits, 1), "ids": torch.stack(ids, 1)}
        if attention[0] is not None:
            keys = ["weights"] + (["softmax"] if self.o["local"] else [])
            out |= {{"weights": "attention"}.get(k, k): torch.stack([a[k] for a in attention], 1) for k in keys}
        return {**out, "encoder_states": values}

    def loss(self, out, targets):
        """Mean over real tokens, and the tutorial's: the sum over steps of the mean over the batch."""
        each = torch.nn.functional.cross_entropy(out["logits"].flatten(0, 1), targets.flatten(), reduction="none")
        each = each.view(targets.shape) * (targets != 0)
        return {"tokens": each.sum() / (targets != 0).sum(), "steps": each.mean(0).sum(), "positions": each.mean()}
