#!/usr/bin/env python3
"""Writes Sources/TUI/PaletteTables.swift: matplotlib's colour maps, 256 entries each, rounded as matplotlib does for bytes.

viridis and magma: Smith and van der Walt, 2015 (CC0). cividis: Nuñez, Anderton and Renslow, 2018 (CC0).
coolwarm: Moreland, "Diverging color maps for scientific visualization", 2009.
berlin: Crameri, "Scientific colour maps", 2018 (MIT), whose middle is dark; here no channel lies below 0x2A, so that the
middle can still be told from a black terminal.
Needs `pip install matplotlib`. Run from the root of the repository.
"""
import matplotlib

NAMES = ["viridis", "cividis", "magma", "coolwarm", "berlin"]


def main():
    with open("Sources/TUI/PaletteTables.swift", "w") as out:
        out.write(f"// Made by Tests/Reference/palette_tables.py from matplotlib {matplotlib.__version__}; do not edit.\n\n")
        out.write("/// Colour maps as 0xRRGGBB, 256 entries from lowest to highest.\nenum PaletteTables {\n")
        for index, name in enumerate(NAMES):
            entries = matplotlib.colormaps[name](range(256), bytes=True)
            if name == "berlin":
                entries = entries.clip(min=0x2A)
            numbers = [f"0x{r:02X}{g:02X}{b:02X}," for r, g, b, _ in entries]
            rows = [" ".join(numbers[start:start + 11]) for start in range(0, 256, 11)]
            out.write(("\n" if index else "") + f"  static let {name}: [UInt32] = [\n")
            out.writelines(f"    {row}\n" for row in rows)
            out.write("  ]\n")
        out.write("}\n")


if __name__ == "__main__":
    main()
