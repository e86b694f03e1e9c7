#!/usr/bin/env python3
"""Golden numbers for Tests/MetricsTests from sacrebleu 2.6.0.

  python Tests/Reference/bleu.py > Tests/MetricsTests/Fixtures/bleu.json

The sentences are our own. Each corpus is scored with the command line's defaults (tokenizer 13a, smoothing exp), with
and without case; `None` stands for a reference that a sentence lacks. The random strings are made of the pieces that
the tokenizer treats specially, from a fixed seed.
"""
import json
import random

import sacrebleu
from sacrebleu.metrics import BLEU
from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a

CORPORA = {
    "one reference": (
        ["Le chat dort sur le vieux canapé rouge.", "Il ne pleut pas ce matin.", "J'ai vu 1,250 oiseaux à 7.5 km d'ici !"],
        [["Le chat dort sur le canapé rouge."], ["Il ne pleut plus ce matin."], ["J'ai vu 1,250 oiseaux à 7,5 km d'ici !"]],
    ),
    "as many references": (
        ["Où est la gare ?", "Elle chante bien aujourd'hui."],
        [["Où se trouve la gare ?", "Où est donc la gare ?"], ["Elle chante bien.", "Aujourd'hui, elle chante très bien."]],
    ),
    "one to four references": (
        ["« Viens ici ! »", "Tu as raison.", "Nous partons demain à 8 h.", "le LE Le le"],
        [["« Viens ici\u202f! »", "\u00abViens là !\u00bb"], ["Vous avez raison."],
         ["Nous partirons demain à 8\u00a0h.", "On part demain à 8 h.", "Demain à 8 h, nous partons.", "Nous partons demain."],
         ["Le le", "le LE", "Le chat"]],
    ),
    "closest length is the shorter of two": (["un deux trois quatre"], [["un deux trois quatre cinq", "un deux trois", "un"]]),
    "shorter than the references": (["Bonjour à tous", "Merci"], [["Bonjour à vous tous, mes amis !"], ["Merci beaucoup, madame."]]),
    "empty hypothesis": (["", "Il fait froid dehors ce soir."], [["Il neige."], ["Il fait très froid dehors ce soir."]]),
    "only empty hypotheses": (["", "   "], [["Il neige."], ["Bien."]]),
    "empty reference": (["Oui, bien sûr.", "Non."], [["", "Oui, bien sûr !"], [""]]),
    "nothing matches": (["alpha beta gamma delta"], [["un deux trois quatre"]]),
    "no match of orders three and four": (["un deux x trois quatre y"], [["un deux trois quatre cinq six"]]),
    "too short for four words": (["Oui."], [["Oui."]]),
    "entities and quotes": (
        ["Il dit &quot;oui&quot; &amp; part.", "a &lt; b &gt; c", "&amp;lt;b&amp;gt; &amp;quot;"],
        [['Il dit "oui" & part.'], ["a < b > c"], ["<b> &quot;"]],
    ),
    "composed and decomposed accents differ": (["Un caf\u00e9 noir et sucré"], [["Un cafe\u0301 noir et sucré"]]),
    "case of every script": (
        ["ΟΔΥΣΣΕΥΣ ΚΑΙ ΣΟΦΟΣ Σ", "İstanbul GROẞ ÉTÉ ŒUVRE ǅ", "ΑΣ. ΣΑ’Σ"],
        [["οδυσσευς και σοφος σ"], ["i\u0307stanbul groß été œuvre ǆ"], ["ας. σα’ς"]],
    ),
    "perfect": (["Elle mange une pomme verte."], [["Elle mange une pomme verte."]]),
}

PIECES = list("ab5 0.,-'\"&;<>/()[]{}!?:%$_^~`@#*+=|\\é«»œ’€😀\t\n\r") + [
    " ", "\u00a0", "\u202f", "\u2009", "\u3000", "\u200b", "\u0085", "\u001c", "\u001f", "e\u0301", "٣", "..", ",,", "...", "--",
    "3.14", "1,000", "10-20", "&quot;", "&amp;", "&lt;", "&gt;", "&amp;lt;", "<skipped>", "-\n", "mot", "L'eau"]


def corpus(name, hypotheses, references, lowercase):
    longest = max(map(len, references))
    streams = [[refs[k] if k < len(refs) else None for refs in references] for k in range(longest)]
    # The first stream must be whole for sacrebleu; ours always is.
    metric = BLEU(lowercase=lowercase)
    score = metric.corpus_score(hypotheses, streams)
    return {
        "name": name, "lowercase": lowercase, "hypotheses": hypotheses, "references": references,
        "score": score.score, "precisions": score.precisions, "brevityPenalty": score.bp, "matches": score.counts,
        "totals": score.totals, "hypothesisLength": score.sys_len, "referenceLength": score.ref_len,
        "signature": str(metric.get_signature()), "line": score.format(signature=str(metric.get_signature())),
    }


def main():
    generator = random.Random(13)
    strings = ["".join(generator.choices(PIECES, k=generator.randint(0, 14))) for _ in range(600)]
    tokenizer = Tokenizer13a()
    golden = {
        "sacrebleu": sacrebleu.__version__,
        "corpora": [corpus(name, *texts, lowercase) for name, texts in CORPORA.items() for lowercase in (False, True)],
        "tokens": [{"text": text, "tokens": tokenizer(text.rstrip()).split()} for text in strings],
    }
    lines = [f'"sacrebleu": "{golden["sacrebleu"]}"']
    for key in ("corpora", "tokens"):
        lines.append(f'"{key}": [\n' + ",\n".join(json.dumps(item) for item in golden[key]) + "\n]")
    print("{" + ",\n".join(lines) + "}")


main()
