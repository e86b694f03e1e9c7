#!/usr/bin/env python3
"""Writes Sources/TUI/PaletteTables.swift: matplotlib's colour maps, 256 entries each, rounded as matplotlib does for bytes.

viridis and magma: Smith and van der Walt, 2015 (CC0). cividis: Nuñez, Anderton and Renslow, 2018 (CC0).
coolwarm: Moreland, "Diverging color maps for scientific visualization", 2009.
diverging_dark: heed's own, for dark backgrounds: pale blue, blue, a grey that can still be told from black, red, pale red,
with straight lines in Oklab between them.
Needs `pip install matplotlib`. Run from the root of the repository.
"""
import matplotlib
import numpy as np

from nearest_colors import LAB, LMS, oklab

NAMES = ["viridis", "cividis", "magma", "coolwarm", "divergingDark"]
DARK = [0xA5D3FF, 0x3C8CE8, 0x2A2A2A, 0xDC4A32, 0xFFC0AC]


def dark():
    anchors = oklab([[color >> 16, color >> 8 & 255, color & 255] for color in DARK])
    places = np.linspace(0, len(DARK) - 1, 256)
    mixed = np.stack([np.interp(places, range(len(DARK)), channel) for channel in anchors.T], 1)
    linear = (mixed @ np.linalg.inv(np.transpose(LAB))) ** 3 @ np.linalg.inv(np.transpose(LMS))
    linear = linear.clip(0, 1)
    return np.rint(255 * np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)).astype(int)


def main():
    with open("Sources/TUI/PaletteTables.swift", "w") as out:
        out.write(f"// Made by Tests/Reference/palette_tables.py from matplotlib {matplotlib.__version__}; do not edit.\n\n")
        out.write("/// Colour maps as 0xRRGGBB, 256 entries from lowest to highest.\nenum PaletteTables {\n")
        for index, name in enumerate(NAMES):
            entries = dark() if name == "divergingDark" else matplotlib.colormaps[name](range(256), bytes=True)[:, :3]
            numbers = [f"0x{r:02X}{g:02X}{b:02X}," for r, g, b in entries]
            rows = [" ".join(numbers[start:start + 11]) for start in range(0, 256, 11)]
            out.write(("\n" if index else "") + f"  static let {name}: [UInt32] = [\n")
            out.writelines(f"    {row}\n" for row in rows)
            out.write("  ]\n")
        out.write("}\n")


if __name__ == "__main__":
    main()
