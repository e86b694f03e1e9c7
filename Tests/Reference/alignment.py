#!/usr/bin/env python3
"""Golden numbers for Tests/MetricsTests: precision, recall and alignment error rate of random links.

  python Tests/Reference/alignment.py > Tests/MetricsTests/Fixtures/alignment.json

The rates are those of Och and Ney (2003), section 6, as the scripts of the shared tasks count them: sums over all pairs,
a sure link is possible too, a link given twice counts once. Links are written as files have them, from 0 and from 1.
"""
import json
import random

random.seed(20261122)


def links(number, marks, base):
    """Text of random links, some twice, and what it means: (source, target, mark), counted from 0."""
    drawn = [(random.randrange(6), random.randrange(6), random.choice(marks)) for _ in range(number)]
    return " ".join(f"{i + base}{mark}{j + base}" for i, j, mark in drawn), drawn


def corpus(pairs, base, marks):
    lines, found, totals = [], [], [0, 0, 0, 0]
    for _ in range(pairs):
        text, gold = links(random.randrange(9), marks, base)
        predicted_text, predicted = links(random.randrange(9), "-", 0)
        sure = {(i, j) for i, j, mark in gold if mark in "-S"}
        possible = {(i, j) for i, j, _ in gold}
        answer = {(i, j) for i, j, _ in predicted}
        lines.append(text)
        found.append(predicted_text)
        for place, part in enumerate((answer, sure, answer & possible, answer & sure)):
            totals[place] += len(part)
    a, s, ap, as_ = totals
    return {"base": base, "gold": lines, "predicted": found, "precision": ap / a, "recall": as_ / s,
            "error_rate": 1 - (ap + as_) / (a + s)}


print(json.dumps([corpus(12, 0, "-?"), corpus(12, 1, "-p"), corpus(7, 1, "SP"), corpus(30, 0, "-")]))
