"""Writes Tests/CheckpointsTests/Fixtures/golden_three_types.safetensors with Python's safetensors (0.8.0) and torch.

Also copied there from the project's fixtures, made with the same library: bad_*.safetensors, ok_*.safetensors and
manifest.json, the library's verdict on each.

Run: python3 Tests/Reference/safetensors_golden.py   (pip install safetensors torch numpy)
"""
import pathlib

import torch
from safetensors.torch import save_file

# Halves that need rounding, ties both ways, the largest finite half, subnormals, signed zero, infinity.
values = [1 / 3, -2.7182817, 1 + 2**-11, 1 + 3 * 2**-11, 65504.0, 6e-8, -1e-6, 0.0, -0.0, float("inf"), 1e-3, 257.0]
base = torch.tensor(values, dtype=torch.float32)

tensors = {
    "decoder.attention.query.weight": base.reshape(3, 4),
    "embedding": base.to(torch.float16).reshape(4, 3),
    "état/层": base.to(torch.bfloat16).reshape(12),
    "a scalar": torch.tensor(0.1),
    "empty": torch.zeros(0, 5),
}
folder = pathlib.Path(__file__).parent.parent / "CheckpointsTests" / "Fixtures"
save_file(tensors, folder / "golden_three_types.safetensors", metadata={"format": "pt"})
