"""Checkpoints of Tests/ModelsTests as people keep them in NumPy's NPZ files.

    python Tests/Reference/numpy_checkpoints.py

takes the weights of checkpoints that the other scripts have written to `foreign`, under the names that each library gives its
variables, and writes them with `np.savez` beside those. What the models compute is the same, so these have no numbers of their own.
"""

import os
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import h5py
import numpy as np
import tensorflow as tf
import torch

FOREIGN = Path(__file__).resolve().parent.parent / "ModelsTests" / "Fixtures" / "foreign"


def of_tensorflow(name):
    reader = tf.train.load_checkpoint(str(FOREIGN / name))
    suffix = "/.ATTRIBUTES/VARIABLE_VALUE"
    names = [n for n in reader.get_variable_to_shape_map() if n.endswith(suffix) and "OPTIMIZER_SLOT" not in n]
    return {n.removesuffix(suffix): reader.get_tensor(n) for n in sorted(names) if not n.startswith("optimizer")}


def of_keras(name):
    """As `{v.name: v.numpy() for v in model.weights}`."""
    with h5py.File(FOREIGN / name) as file:
        weights = {}
        for layer in file.attrs["layer_names"]:
            group = file[layer]
            weights |= {n if isinstance(n, str) else n.decode(): np.array(group[n]) for n in group.attrs["weight_names"]}
        return weights


def of_torch(name):
    weights = {}
    def add(prefix, value):
        if isinstance(value, torch.Tensor):
            weights[prefix] = value.numpy()
        elif isinstance(value, dict):
            for key, inner in value.items():
                add(f"{prefix}.{key}" if prefix else str(key), inner)
    add("", torch.load(FOREIGN / name, weights_only=True))
    return weights


def write(name, weights, packed=False):
    path = FOREIGN / name
    path.parent.mkdir(exist_ok=True)
    (np.savez_compressed if packed else np.savez)(path, **weights)
    print(name, *list(weights)[:4])


if __name__ == "__main__":
    write("tutorial-npz/model.npz", of_tensorflow("tutorial-keras2-checkpoint"), packed=True)
    for part in ("encoder", "decoder"):
        write(f"tutorial-npz-separate/{part}.npz", of_keras(f"tutorial-keras2-legacy/{part}.h5"))
    write("torch-combine-npz/model.npz", of_torch("torch-combine-together/checkpoint.pt"))
    write("transformer-older-npz/model.npz", of_tensorflow("transformer-older-keras2"), packed=True)
