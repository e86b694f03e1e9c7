#!/usr/bin/env python3
"""Writes Sources/TUI/WidthTable.swift and the golden widths of Tests/TUITests/Fixtures/widths.tsv.

Both come from the `wcwidth` package (pip install wcwidth), which follows EastAsianWidth.txt and the general categories of
the Unicode character database. Run from the root of the repository.
"""
import random
import sys
import unicodedata

import wcwidth
from wcwidth.table_wide import WIDE_EASTASIAN
from wcwidth.table_zero import ZERO_WIDTH

LIMIT = 0x20000  # the planes above are uniform: CJK (wide), tags and private use


def merged(ranges):
    """Neighbouring ranges joined, so that the table is as short as it can be."""
    result = []
    for low, high in sorted(ranges):
        if result and low <= result[-1][1] + 1:
            result[-1][1] = max(high, result[-1][1])
        else:
            result.append([low, high])
    return result


def literal(name, comment, ranges):
    numbers = [f"0x{value:X}" for pair in ranges for value in pair]
    lines, line = [], "   "
    for number in numbers:
        if len(line) + len(number) + 2 > 118:
            lines.append(line)
            line = "   "
        line += f" {number},"
    lines.append(line)
    return f"  /// {comment}\n  static let {name}: [UInt32] = [\n" + "\n".join(lines) + "\n  ]\n"


def table(path):
    version = list(WIDE_EASTASIAN)[-1]
    zero = merged(list(ZERO_WIDTH.values())[-1])
    wide = merged(list(WIDE_EASTASIAN.values())[-1])
    with open(path, "w") as out:
        out.write(f"// Made by Tests/Reference/width_table.py from wcwidth {wcwidth.__version__}; do not edit.\n\n")
        out.write(f"/// Scalars that are not one column wide, Unicode {version}: first and last of each range in turn, ascending.\n")
        out.write("enum WidthTable {\n")
        out.write(literal("zero", "Combining marks and invisible format characters.", zero))
        out.write("\n")
        out.write(literal("wide", "East Asian wide and full-width characters, and emoji.", wide))
        out.write("}\n")


STRINGS = [
    "plain ASCII", "déjà vu", "de\u0301ja\u0300 vu", "日本語", "ｆｕｌｌ", "ﾊﾝｶｸ", "한국어", "\u1100\u1161\u11a8",
    "👩\u200d💻", "👨\u200d👩\u200d👧\u200d👦", "👋🏽", "🇫🇷", "🇫🇷🇩🇪", "❤", "❤\ufe0f", "1\ufe0f\u20e3", "☺\ufe0e", "🏴\u200d☠\ufe0f", "ไทย", "עברית",
    "שָׁלוֹם", "Ελληνικά", "русский", "…", "─│┼", "█▏", "①", "α", "½", "한a日", "",
]


def golden(path):
    """Single scalars: the ends of every range, their neighbours and a seeded sample; then whole strings."""
    edges = set()
    for low, high in list(ZERO_WIDTH.values())[-1] + list(WIDE_EASTASIAN.values())[-1]:
        edges |= {low - 1, low, high, high + 1}
    edges |= set(random.Random(7).sample(range(0x20, LIMIT), 1500))
    with open(path, "w", encoding="utf-8") as out:
        for code in sorted(edges):
            if 0 <= code <= 0x10FFFF and unicodedata.category(chr(code)) not in ("Cs", "Cc"):
                out.write(f"{code:X}\t{wcwidth.wcwidth(chr(code))}\n")
        for text in STRINGS:
            scalars = " ".join(f"{ord(c):X}" for c in text)
            out.write(f"string\t{wcwidth.wcswidth(text)}\t{scalars}\n")


if __name__ == "__main__":
    sys.exit(table("Sources/TUI/WidthTable.swift") or golden("Tests/TUITests/Fixtures/widths.tsv"))
