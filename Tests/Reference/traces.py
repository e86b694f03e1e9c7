#!/usr/bin/env python3
"""Golden numbers for Tests/TracesTests with NumPy and networkx: measures of heads, attention rollout and flow.

  python Tests/Reference/traces.py > Tests/TracesTests/Fixtures/heads.json

The attention is random, from a fixed seed. Measures are written here from their definitions, row by row; flow is
networkx's maximum flow on the graph of Abnar and Zuidema (2020).
"""
import json

import networkx
import numpy as np

LAYERS, HEADS, SOURCE, TARGET = 3, 2, 6, 5
generator = np.random.default_rng(20261122)


def attention(rows, columns, causal=False):
    """[LAYERS, HEADS, rows, columns], rows sum to 1; some rows sharp, some broad."""
    scores = generator.standard_normal((LAYERS, HEADS, rows, columns)) * generator.uniform(0.2, 4, (LAYERS, HEADS, 1, 1))
    if causal:
        scores = np.where(np.tril(np.ones((rows, columns), bool)), scores, -np.inf)
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    return (weights / weights.sum(-1, keepdims=True)).astype(np.float32)


def measures(weights, mean, site, start, end, special):
    """Means over rows, None where there is nothing to take a mean of."""
    rows, columns = weights.shape
    found = {name: [] for name in ("entropy", "breadth", "sharpness", "distance", "relative_distance", "previous", "same",
                                   "next", "start", "end", "special", "agreement")}
    for r, row in enumerate(weights.astype(np.float64)):
        sees = r + 1 if site == "decoder" else columns
        positive = row[row > 0]
        bits = -(positive * np.log2(positive)).sum()
        found["entropy"].append(bits)
        if sees > 1:
            found["breadth"].append(bits / np.log2(sees))
        found["sharpness"].append(row.max())
        away = np.abs(np.arange(columns) - ((r + 0.5) * columns / rows - 0.5))
        found["distance"].append((row * away).sum())
        if sees > 1:
            found["relative_distance"].append((row * away).sum() / away[:sees].mean())
        for name, column in (("previous", r - 1), ("same", r), ("next", r + 1)):
            if site != "cross" and 0 <= column < sees:
                found[name].append(row[column])
        if start is not None:
            found["start"].append(row[start])
        if end is not None:
            found["end"].append(row[end])
        found["special"].append(row[special].sum())
        found["agreement"].append(np.minimum(row, mean[r]).sum())
    content = [c for c in range(columns) if c not in special]
    reached = {int(c) for c in weights.argmax(-1)} & set(content)
    found["coverage"] = [len(reached) / min(len(content), rows)]
    return {name: float(np.mean(numbers)) if numbers else None for name, numbers in found.items()}


def with_residual(weights):
    return [0.5 * layer.mean(0) + 0.5 * np.eye(layer.shape[-1]) for layer in weights.astype(np.float64)]


def rollout(weights):
    product = np.eye(weights.shape[-1])
    for layer in with_residual(weights):
        product = layer @ product
    return product


def flow(weights):
    size = weights.shape[-1]
    graph = networkx.DiGraph()
    for level, layer in enumerate(with_residual(weights)):
        for row in range(size):
            for column in range(size):
                if layer[row, column] > 0:
                    graph.add_edge((level + 1, row), (level, column), capacity=layer[row, column])
    top = len(weights)
    flows = np.array([[networkx.maximum_flow_value(graph, (top, r), (0, c)) if graph.has_node((0, c)) else 0
                       for c in range(size)] for r in range(size)])
    return flows / flows.sum(-1, keepdims=True)


def site(name, weights, start, end, special):
    mean = weights.astype(np.float64).mean((0, 1))
    return {"shape": list(weights.shape), "weights": [float(w) for w in weights.ravel()],
            "measures": [[measures(head, mean, name, start, end, special) for head in layer] for layer in weights]}


encoder, decoder, cross = attention(SOURCE, SOURCE), attention(TARGET, TARGET, causal=True), attention(TARGET, SOURCE)
print(json.dumps({
    "versions": {"numpy": np.__version__, "networkx": networkx.__version__},
    # The source is <start>, four words and <end>; the decoder's first column is its start token.
    "encoder": site("encoder", encoder, 0, SOURCE - 1, [0, SOURCE - 1]),
    "decoder": site("decoder", decoder, 0, None, [0]),
    "cross": site("cross", cross, 0, SOURCE - 1, [0, SOURCE - 1]),
    "rollout": {"encoder": rollout(encoder).tolist(), "decoder": rollout(decoder).tolist(),
                "encoder_through_1": rollout(encoder[:2]).tolist(),
                "cross": (cross[-1].astype(np.float64).mean(0) @ rollout(encoder)).tolist()},
    "flow": {"encoder": flow(encoder).tolist(), "decoder": flow(decoder).tolist()},
}))
