"""What the scripts of foreign checkpoints share: seeded weights, decoding, and the file of expected numbers.

A case is a folder `Tests/ModelsTests/Fixtures/foreign/<name>/` with a checkpoint as a framework saves it, and
`Tests/ModelsTests/Fixtures/foreign-<name>.safetensors` with what the framework computes from it: for sentence `n`
`in.source.n`, `out.ids.n` (greedy, the end token included), `out.<site>.n` `[layers, heads, rows, S]`, and along the
given target `in.target.n` the log-probabilities `out.forced.n` and the cross-attention `out.forced_cross.n`.
"""
import shutil

import numpy as np

from golden import TESTS, normal, write

FOLDER = TESTS / "ModelsTests" / "Fixtures" / "foreign"
STEPS = 8


def folder(name):
    """An empty folder for a case."""
    place = FOLDER / name
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    return place


def forget_programs(saved):
    """Of a SavedModel what nobody reads here: its functions, and their checksum."""
    for name in ("saved_model.pb", "fingerprint.pb"):
        (saved / name).unlink()
    (saved / "assets").rmdir()


def draw(seed, index, shape):
    """A parameter: matrices near Glorot's width, vectors large enough to be missed when forgotten."""
    scale = 0.4 if len(shape) < 2 else 1.5 / shape[0] ** 0.5
    return normal(seed, str(index), tuple(shape), scale)


def fill(seed, *models, gain=0):
    """Gives every Keras weight of the models its own numbers; embeddings large, so that sentences differ. Gains of norms
    lie around `gain`.
    """
    for number, model in enumerate(models):
        for index, weight in enumerate(model.weights):
            value = draw(seed, f"{number}.{index}", weight.shape)
            is_embedding = "embedding" in getattr(weight, "path", weight.name)
            is_gain = getattr(weight, "path", weight.name).split(":")[0].endswith("gamma")
            drawn = normal(seed, f"{number}.{index}", tuple(weight.shape)) if is_embedding else value
            weight.assign(drawn + gain if is_gain else drawn)


def fill_torch(seed, *modules):
    import torch
    with torch.no_grad():
        for number, module in enumerate(modules):
            for index, (name, weight) in enumerate(module.named_parameters()):
                scale = 1.0 if "embedding" in name else 0.4 if weight.dim() < 2 else 1.5 / weight.shape[1] ** 0.5
                weight.copy_(torch.from_numpy(normal(seed, f"{number}.{index}", tuple(weight.shape), scale)))


def log_softmax(logits):
    logits = np.asarray(logits, np.float64)
    shifted = logits - logits.max(-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))


class Expected:
    """Collects what a model does with some sentences.

    `start(source)` gives what the first step needs, `step(state, token)` gives `(state, logits [V], sites)`, where
    sites maps `cross` and `decoder` to `[layers, heads, S]`.
    """

    def __init__(self, start_id, end_id, steps=STEPS):
        self.start_id, self.end_id, self.steps, self.tensors, self.count = start_id, end_id, steps, {}, 0
        self.margin = np.inf

    def decode(self, state, step, target=None):
        token, ids, scores, rows = self.start_id, [], [], {}
        for number in range(self.steps if target is None else len(target)):
            state, logits, sites = step(state, token)
            best = np.sort(logits)[::-1]
            token = int(np.argmax(logits)) if target is None else int(target[number])
            if target is None:
                self.margin = min(self.margin, float(best[0] - best[1]))
            ids.append(token)
            scores.append(log_softmax(logits)[token])
            for site, row in sites.items():
                rows.setdefault(site, []).append(np.asarray(row))
            if target is None and token == self.end_id:
                break
        return ids, scores, rows

    def add(self, source, target, start, step, encoder=None):
        n = self.count
        self.count += 1
        ids, _, rows = self.decode(start(source), step)
        _, scores, forced = self.decode(start(source), step, target)
        self.tensors |= {f"in.source.{n}": np.array([source], np.int32), f"in.target.{n}": np.array([target], np.int32),
                         f"out.ids.{n}": np.array([ids], np.int32), f"out.forced.{n}": np.array(scores, np.float32)}
        if "cross" in rows:
            self.tensors[f"out.cross.{n}"] = np.stack(rows["cross"], 2).astype(np.float32)
            self.tensors[f"out.forced_cross.{n}"] = np.stack(forced["cross"], 2).astype(np.float32)
        if "decoder" in rows:  # Rows grow; kept as the square of the last step, zeros beyond the diagonal.
            width = rows["decoder"][-1].shape[-1]
            padded = [np.pad(r, [(0, 0), (0, 0), (0, width - r.shape[-1])]) for r in rows["decoder"]]
            self.tensors[f"out.decoder.{n}"] = np.stack(padded, 2).astype(np.float32)
        if encoder is not None:
            self.tensors[f"out.encoder.{n}"] = np.asarray(encoder(source), np.float32)

    def write(self, name, reference, **options):
        assert self.margin > 1e-4, (name, self.margin)
        spread = [v.max() - v.min() for k, v in self.tensors.items() if "cross" in k]
        assert not spread or max(spread) > 0.05, (name, "attention is even")
        write("ModelsTests", f"foreign-{name}", self.tensors,
              {"start_id": self.start_id, "end_id": self.end_id, "count": self.count, **options}, reference)
