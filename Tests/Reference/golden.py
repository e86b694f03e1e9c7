"""What every reference script shares: seeded numbers, the fixture file, the small sizes.

A fixture is one safetensors file: `p.*` parameters in Keras layout (kernel [in, out], GRU gates z, r, h,
LSTM gates i, f, c, o with one bias [4U]), `in.*` inputs, `out.*` outputs, `grad.*` gradients of the loss
that the metadata states. README.md beside this file has the conventions in full.
"""
import json
import zlib
from pathlib import Path

import numpy as np
from safetensors.numpy import save

TESTS = Path(__file__).resolve().parent.parent

# Odd and all different, so that a wrong stride cannot go unnoticed.
B, S, T, E, U = 3, 5, 4, 6, 7
SOURCE_VOCABULARY, TARGET_VOCABULARY = 13, 11
PAD, START, END, UNKNOWN = 0, 1, 2, 3
LENGTHS = np.array([5, 3, 2], np.int32)


def normal(seed, name, shape, deviation=1.0):
    """Float32 numbers that depend on the seed and the name alone, never on the order of the calls."""
    generator = np.random.default_rng([seed, zlib.crc32(name.encode())])
    return (generator.standard_normal(shape) * deviation).astype(np.float32)


def parameters(shapes, seed):
    """Draws each parameter: matrices near Glorot's width, biases large enough to be missed when forgotten."""
    drawn = {}
    for name, shape in shapes.items():
        scale = 0.4 if name.endswith("bias") else 1.0 if name.endswith("weight") else 1.5 / shape[0] ** 0.5
        drawn[name] = normal(seed, name, shape, scale)
    return drawn


def source_mask(lengths, width):
    """[B, width], true where a real token stands."""
    return np.arange(width)[None, :] < np.asarray(lengths)[:, None]


def write(target, name, tensors, options, reference):
    """Writes Tests/<target>/Fixtures/<name>.safetensors with the options as JSON in its metadata."""
    folder = TESTS / target / "Fixtures"
    folder.mkdir(parents=True, exist_ok=True)
    arrays = {k: np.array(v, order="C") for k, v in sorted(tensors.items())}
    for key, array in arrays.items():
        assert array.dtype in (np.float32, np.int32), (name, key, array.dtype)
        assert np.isfinite(array).all(), (name, key)
    options = json.dumps(options, sort_keys=True)
    # Written as bytes in one go: safetensors keeps metadata in hash order, so there is one entry only.
    (folder / f"{name}.safetensors").write_bytes(
        save(arrays, metadata={"heed": json.dumps({"options": json.loads(options), "reference": reference},
                                                  sort_keys=True)}))


def close(a, b, tolerance=1e-5):
    """Two references agree, or the script stops before it writes a number."""
    difference = float(np.abs(np.asarray(a) - np.asarray(b)).max())
    assert difference <= tolerance, difference
