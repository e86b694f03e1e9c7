"""Compares `heed inspect --json` on every checkpoint of a fixtures folder with what the formats' own libraries read.

    python inspect_fixtures.py HEED FIXTURES

Not a test of the suite, which needs no fixtures from outside: run it by hand after changing a reader. Prints one line
for each file that differs and ends with 1 if there is any.
"""
import glob
import io
import json
import os
import subprocess
import sys
import zipfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np

heed, fixtures = sys.argv[1:3]
wrong = []
count = 0


def complain(path, text):
    wrong.append(path)
    print(f"{os.path.relpath(path, fixtures)}: {text}")


def inspect(path):
    """The parsed answer, or the one line of the refusal."""
    global count
    count += 1
    done = subprocess.run([heed, "inspect", path, "--json"], capture_output=True, text=True, timeout=60)
    tree = subprocess.run([heed, "inspect", path], capture_output=True, text=True, timeout=60)
    if done.returncode != tree.returncode:
        complain(path, f"tree ends with {tree.returncode}, --json with {done.returncode}")
    if done.returncode == 0:
        return json.loads(done.stdout), None
    if done.returncode != 1 or done.stdout or len(done.stderr.splitlines()) != 1:
        complain(path, f"rc {done.returncode}, not one line: {done.stderr!r}")
    return None, done.stderr.strip()


def statistics_differ(found, array):
    numbers = np.asarray(array).astype(np.float64).ravel()
    if numbers.size == 0:
        return None
    finite = numbers[np.isfinite(numbers)]
    expected = {"count": numbers.size, "zeros": int((finite == 0).sum()), "nans": int(np.isnan(numbers).sum())}
    if finite.size:
        expected |= {"minimum": finite.min(), "maximum": finite.max(), "mean": finite.mean(), "deviation": finite.std()}
    for key, value in expected.items():
        if abs(found[key] - value) > 1e-9 * max(1, abs(value)):
            return f"{key} is {found[key]} where {value} is stored"
    return None


def compare(path, tensors, names=None):
    """`tensors`: name to array. `names`: maps our name and label to the library's name."""
    answer, refusal = inspect(path)
    if answer is None:
        return complain(path, f"refused: {refusal}")
    found = {(names or (lambda t: t["name"]))(tensor): tensor for tensor in answer["tensors"]}
    if set(found) != set(tensors):
        return complain(path, f"names differ: {sorted(set(found) ^ set(tensors))[:6]}")
    for name, array in tensors.items():
        if list(array.shape) != found[name]["shape"]:
            complain(path, f"{name}: shape {found[name]['shape']} where {list(array.shape)} is stored")
        elif "statistics" in found[name] and (difference := statistics_differ(found[name]["statistics"], array)):
            complain(path, f"{name}: {difference}")


def refused(path, names=()):
    answer, refusal = inspect(path)
    if answer is not None:
        complain(path, "accepted")
    elif os.path.basename(path) not in refusal and not any(name in refusal for name in names):
        complain(path, f"the refusal does not name it: {refusal}")


def safetensors():
    from safetensors import safe_open

    for name, case in json.load(open(f"{fixtures}/safetensors/manifest.json"))["cases"].items():
        path = f"{fixtures}/safetensors/{name}.safetensors"
        if case["verdict"] == "reject" or name == "bad_extra_field":
            refused(path)
            continue
        with safe_open(path, "pt") as file:
            tensors = {key: file.get_tensor(key) for key in file.keys()}
        import torch

        compare(path, {k: v.to(torch.float64).numpy() for k, v in tensors.items()})
        answer, _ = inspect(path)
        if answer and answer["metadata"] != (case.get("metadata") or {}):
            complain(path, f"metadata {answer['metadata']} where {case.get('metadata')} is stored")
    for folder in sorted(glob.glob(f"{fixtures}/hf-tiny-random/*/")):
        tensors = {}
        import torch

        for file in glob.glob(folder + "*.safetensors"):
            with safe_open(file, "pt") as opened:
                tensors |= {key: opened.get_tensor(key).to(torch.float64).numpy() for key in opened.keys()}
        for file in glob.glob(folder + "*.bin"):
            tensors |= {k: v.to(torch.float64).numpy() for k, v in torch.load(file, weights_only=True).items()}
        compare(folder.rstrip("/"), tensors)
        if "sharded" in folder:
            compare(folder + "model.safetensors.index.json", tensors)


def hdf5(path, file=None):
    import h5py

    tensors = {}
    with h5py.File(file or path, "r") as opened:
        root = opened["model_weights"] if "model_weights" in opened else opened

        def visit(name, item):
            if isinstance(item, h5py.Dataset):
                tensors[name] = item[()]

        root.visititems(visit)
        for name in opened:
            if root is not opened and name != "model_weights":
                opened[name].visititems(
                    lambda key, item: tensors.__setitem__(f"{name}/{key}", item[()])
                    if isinstance(item, h5py.Dataset) else None)
    compare(path, {name: array for name, array in tensors.items()})


def keras(folder):
    import tensorflow as tf

    manifest = json.load(open(f"{fixtures}/{folder}/manifest.json"))
    for model, case in manifest.items():
        for name in case["files"]:
            path = f"{fixtures}/{folder}/{name}"
            if name.endswith(".keras"):
                hdf5(path, io.BytesIO(zipfile.ZipFile(path).read("model.weights.h5")))
            elif name.endswith(".h5"):
                hdf5(path)
            else:
                tensorflow(path)
            answer, _ = inspect(path)
            if answer and ".ckpt" not in name:
                # Every weight of the model is there, in the model's order.
                shapes = [tensor["shape"] for tensor in answer["tensors"]]
                wanted = [weight["shape"] for weight in case["weights"]]
                if shapes[: len(wanted)] != wanted:
                    print(f"  note: {folder}/{name}: another order than the model's")
                labels = [tensor.get("label", tensor["name"]) for tensor in answer["tensors"]][: len(wanted)]
                print("   ", folder, name, list(zip(labels, [w["name"] for w in case["weights"]]))[:3])


def tensorflow(path):
    import tensorflow as tf

    reader = tf.train.load_checkpoint(path)
    tensors = {}
    for name in reader.get_variable_to_shape_map():
        if name == "_CHECKPOINTABLE_OBJECT_GRAPH":
            continue
        value = reader.get_tensor(name)
        value = np.asarray(value) if not isinstance(value, bytes) else np.zeros(())
        tensors[name.removesuffix("/.ATTRIBUTES/VARIABLE_VALUE")] = value
    compare(path, tensors)


def bundles():
    for case in json.load(open(f"{fixtures}/tf-bundle/manifest.json"))["cases"]:
        path = f"{fixtures}/tf-bundle/{case}"
        # The missing file may be the one with the numbers.
        refused(path + ".index", [case]) if case.startswith("bad") else tensorflow(path)
    tensorflow(f"{fixtures}/tutorial-nmt/training_checkpoints/ckpt-1")
    inspect(f"{fixtures}/tutorial-nmt/training_checkpoints")


def pytorch():
    manifest = json.load(open(f"{fixtures}/pytorch/manifest.json"))["cases"]
    for path in sorted(glob.glob(f"{fixtures}/pytorch/*.p[tk]*")):
        if path.endswith(".txt"):
            continue
        case = manifest.get(os.path.basename(path))
        if case is None:
            complain(path, "has no expectation")
        elif case["verdict"] in ("reject", "reject-as-model"):
            refused(path)
            print("   ", inspect(path)[1])
        else:
            answer, refusal = inspect(path)
            if answer is None:
                complain(path, f"refused: {refusal}")
                continue
            found = {tensor["name"]: tensor for tensor in answer["tensors"]}
            if set(found) != set(case["tensors"]):
                complain(path, f"names differ: {sorted(set(found) ^ set(case['tensors']))}")
            for name, tensor in case["tensors"].items():
                if name in found and found[name]["shape"] != tensor["shape"]:
                    complain(path, f"{name}: another shape")
                elif name in found and len(tensor["values"]) < 64:
                    if difference := statistics_differ(found[name]["statistics"], tensor["values"]):
                        complain(path, f"{name}: {difference}")


def ctranslate2():
    for path in sorted(glob.glob(f"{fixtures}/ct2-*/v*/*")):
        answer, refusal = inspect(path)
        print("   ", path, refusal or len(answer["tensors"]))
    for path in sorted(glob.glob(f"{fixtures}/**/*.npz", recursive=True)):
        compare(path, dict(np.load(path)))


if len(sys.argv) < 4:
    safetensors()
    keras("keras2-legacy")
    keras("keras3")
bundles()
pytorch()
ctranslate2()
print(f"{count} files inspected, {len(wrong)} complaints")
sys.exit(1 if wrong else 0)
