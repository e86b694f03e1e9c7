#!/usr/bin/env python3
"""Writes Tests/TUITests/Fixtures/nearest256.tsv: colours and the xterm colour (16 to 255) nearest to each in Oklab.

Oklab: Björn Ottosson, "A perceptual color space for image processing", 2020. The colours are every fourth entry of
matplotlib's maps and a seeded sample, without those that lie nearly as near to two entries. Run from the repository's root.
"""
import matplotlib
import numpy as np

LMS = [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566], [0.0883024619, 0.2817188376, 0.6299787005]]
LAB = [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099], [0.0259040371, 0.7827717662, -0.8086757660]]


def oklab(rgb):
    c = np.asarray(rgb, float) / 255
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    return np.cbrt(linear @ np.transpose(LMS)) @ np.transpose(LAB)


def main():
    levels = [0, 95, 135, 175, 215, 255]
    palette = [[r, g, b] for r in levels for g in levels for b in levels] + [[8 + 10 * i] * 3 for i in range(24)]
    maps = [matplotlib.colormaps[n](range(0, 256, 4), bytes=True)[:, :3] for n in ("viridis", "cividis", "magma", "coolwarm")]
    colors = np.concatenate(maps + [np.random.default_rng(5).integers(0, 256, (400, 3))]).astype(int)
    distances = ((oklab(colors)[:, None] - oklab(palette)[None]) ** 2).sum(-1)
    ordered = np.sort(distances, 1)
    with open("Tests/TUITests/Fixtures/nearest256.tsv", "w") as out:
        for (r, g, b), row, (first, second) in zip(colors, distances, ordered[:, :2]):
            if second - first > 1e-6:
                out.write(f"{r:02X}{g:02X}{b:02X}\t{16 + row.argmin()}\n")


if __name__ == "__main__":
    main()
