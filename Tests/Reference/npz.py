"""Checks with NumPy that the arrays heed writes are the numbers of its JSON.

    heed trace MODEL SENTENCE --format json > trace.json
    heed render --trace trace.json -o trace.npz
    python Tests/Reference/npz.py trace.json trace.npz
"""
import json
import sys

import numpy as np


def main(trace_path, arrays_path):
    with open(trace_path, encoding="utf-8") as file:
        trace = json.load(file)
    with np.load(arrays_path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}

    sites = {head["site"] for head in trace["attention"]}
    expected = sites | {f"{site}_scores" for site in sites}
    expected |= {"source_ids", "source_tokens", "target_ids", "target_tokens", "probabilities", "entropies", "forced"}
    assert set(arrays) == expected, set(arrays) ^ expected

    for head in trace["attention"]:
        place = head["layer"], head["head"]
        weights = np.array(head["rows"], dtype=np.float32)
        np.testing.assert_array_equal(arrays[head["site"]][place], weights)
        scores = [[-np.inf if score is None else score for score in row] for row in head["scores"]]
        np.testing.assert_array_equal(arrays[f"{head['site']}_scores"][place], np.array(scores, dtype=np.float32))
    for site in sites:
        layers, heads = arrays[site].shape[:2]
        assert layers * heads == sum(head["site"] == site for head in trace["attention"])

    for side in ("source", "target"):
        assert arrays[f"{side}_ids"].tolist() == trace[side]["ids"]
        # NumPy drops NULs at the end of a text.
        assert arrays[f"{side}_tokens"].tolist() == [token.rstrip("\0") for token in trace[side]["tokens"]]
    steps = trace["steps"]
    for name, key in (("probabilities", "probability"), ("entropies", "entropy")):
        numbers = [np.nan if step[key] is None else step[key] for step in steps]
        np.testing.assert_array_equal(arrays[name], np.array(numbers, dtype=np.float32))
    assert arrays["forced"].tolist() == [step["forced"] for step in steps]
    print(f"{arrays_path}: {len(arrays)} arrays agree")


if __name__ == "__main__":
    main(*sys.argv[1:])
