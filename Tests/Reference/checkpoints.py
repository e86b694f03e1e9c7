"""Writes Tests/CheckpointsTests/Fixtures/{numpy,pytorch,gguf,keras,tensorflow}: small checkpoints as the frameworks
save them, and in each folder expected.json, what the frameworks read from them.

Run: python3 Tests/Reference/checkpoints.py [folder ...]
(pip install numpy==2.4.6 torch==2.13.0 tensorflow==2.21.0 keras==3.15.1 tf_keras==2.21.0 h5py gguf==0.19.0 cramjam)
"""
import json
import math
import os
import pathlib
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import numpy as np

ROOT = pathlib.Path(__file__).parent.parent / "CheckpointsTests" / "Fixtures"
NAMES = {
    "bool": "BOOL", "uint8": "U8", "int8": "I8", "uint16": "U16", "int16": "I16", "float16": "F16", "bfloat16": "BF16",
    "uint32": "U32", "int32": "I32", "float32": "F32", "uint64": "U64", "int64": "I64", "float64": "F64",
    "complex32": "C32", "complex64": "C64", "complex128": "C128", "float8_e5m2": "F8_E5M2", "float8_e4m3fn": "F8_E4M3",
    "float8_e5m2fnuz": "F8_E5M2FNUZ", "float8_e4m3fnuz": "F8_E4M3FNUZ", "float8_e8m0fnu": "F8_E8M0",
}


def number(value):
    value = float(value)
    return value if math.isfinite(value) else str(value)


def entry(array, dtype=None):
    """What a reader must find: type, shape and, where single numbers can be read, the numbers in row-major order."""
    array = np.asarray(array)
    dtype = dtype or NAMES.get(array.dtype.name, array.dtype.str.lstrip("<>|="))
    numeric = dtype not in ("C32", "C64", "C128", "STRING") and dtype[0] not in "SV" and not (dtype[0] == "U" and array.dtype.kind == "U")
    found = {"type": dtype, "shape": list(array.shape)}
    if numeric:
        found["numbers"] = [number(value) for value in array.astype(np.float64).ravel(order="C")]
    return found


def write_expected(folder, expected):
    with open(folder / "expected.json", "w") as file:
        json.dump(expected, file, indent=1, ensure_ascii=False)
        file.write("\n")


def fresh(name):
    folder = ROOT / name
    folder.mkdir(parents=True, exist_ok=True)
    for file in sorted(folder.rglob("*"), reverse=True):
        file.rmdir() if file.is_dir() else file.unlink()
    return folder


def numpy_files():
    folder = fresh("numpy")
    generator = np.random.default_rng(5)
    weights = generator.standard_normal((3, 5))
    arrays = {
        "weights": weights.astype(np.float32), "columns first": np.asfortranarray(weights[:, :4].astype(np.float32)),
        "big endian": weights.astype(">f8"), "big/columns first": np.asfortranarray(weights.astype(">i2") * 100),
        "deep": np.asfortranarray(generator.integers(-100, 100, (2, 3, 4), dtype=np.int32)),
        "scalar": np.array(0.1), "empty": np.zeros((0, 4), np.float32), "half": weights.astype(np.float16),
        "bool": weights > 0, "text": np.array(["a", "énorme"]), "bytes": np.array([b"xy", b"z"]),
        "complex": weights.astype(np.complex64), "special": np.array([np.nan, np.inf, -np.inf, -0.0], np.float32),
    }
    for kind in "u1 i1 u2 i2 u4 i4 u8 i8".split():
        arrays[kind] = np.array([0, 1, np.iinfo(kind).max, np.iinfo(kind).min], kind)
    np.savez(folder / "stored.npz", **arrays)
    np.savez_compressed(folder / "deflated.npz", **arrays)
    np.save(folder / "one.npy", arrays["weights"])
    with open(folder / "version2.npy", "wb") as file:
        np.lib.format.write_array(file, arrays["deep"], version=(2, 0))
    np.save(folder / "objects.npy", np.array([{}], dtype=object))
    np.save(folder / "records.npy", np.zeros(2, dtype=[("a", "f4"), ("b", "i4")]))
    everything = {name: entry(array) for name, array in arrays.items()}
    write_expected(folder, {
        "stored.npz": everything, "deflated.npz": everything, "one.npy": {"": entry(arrays["weights"])},
        "version2.npy": {"": entry(arrays["deep"])},
    })


def pytorch_files():
    import torch

    folder = fresh("pytorch")
    torch.manual_seed(5)
    base = torch.arange(24, dtype=torch.float32).reshape(4, 6) / 7
    views = {
        "full": base, "transposed": base.T, "rows": base[1:3], "columns": base[:, ::2], "part": base.flatten()[5:11],
        "expanded": torch.tensor([2.5]).expand(3, 2), "permuted": torch.arange(24).reshape(2, 3, 4).permute(2, 0, 1),
        "scalar": torch.tensor(0.1), "empty": torch.zeros(0, 3), "one row": base[2:3, 1:2],
        "special": torch.tensor([math.nan, math.inf, -math.inf, -0.0]),
    }
    kinds = {}
    for kind in ("float16 bfloat16 float32 float64 int8 uint8 int16 int32 int64 bool uint16 uint32 uint64 complex32 "
                 "complex64 complex128 float8_e4m3fn float8_e5m2 float8_e4m3fnuz float8_e5m2fnuz float8_e8m0fnu").split():
        kinds[kind] = torch.tensor([0, 1, 2, 100]).to(getattr(torch, kind))
    shared = torch.randn(3, 2)
    nested = {
        "model": {"embed.weight": shared, "head.weight": shared}, "epoch": 3, "loss": 0.25, "name": "tiny",
        "optimizer": {"state": {0: {"step": torch.tensor(7.0), "moments": [shared + 1, None]}},
                      "param_groups": [{"lr": 0.1, "params": [0, 1]}]},
    }
    parameters = torch.nn.Linear(2, 2).state_dict(keep_vars=True)
    files = {"views": views, "kinds": kinds, "nested": nested, "parameters": parameters, "bare": base}

    def flat(value, name=""):
        if torch.is_tensor(value):
            return {name: value}
        items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else []
        return {k: v for key, item in items for k, v in flat(item, f"{name}.{key}" if name else str(key)).items()}

    def found(tensor):
        kind = str(tensor.dtype).removeprefix("torch.")
        wide = tensor.detach() if tensor.is_complex() else tensor.detach().to(torch.float64)
        if kind == "complex32":
            return {"type": "C32", "shape": list(tensor.shape)}
        return entry(wide.resolve_conj().numpy(), NAMES[kind])

    expected = {}
    for name, value in files.items():
        torch.save(value, folder / f"{name}.pt")
        expected[f"{name}.pt"] = {key: found(tensor) for key, tensor in flat(value).items()}
        if name != "kinds":  # The newest types exist in ZIP archives alone.
            torch.save(value, folder / f"{name}-legacy.pt", _use_new_zipfile_serialization=False)
            expected[f"{name}-legacy.pt"] = expected[f"{name}.pt"]
    torch.save(views, folder / "protocol4.pt", pickle_protocol=4)
    expected["protocol4.pt"] = expected["views.pt"]
    module = torch.jit.script(torch.nn.Linear(2, 2))
    module.save(folder / "script.pt")
    expected["script.pt"] = {key: found(tensor) for key, tensor in module.state_dict().items()}
    write_expected(folder, expected)

    # Not written as expected: files that a reader must refuse by name.
    torch.save(torch.nn.Linear(2, 2), folder / "module.pt")

    class Runs:
        def __reduce__(self):
            return os.system, ("echo executed > PICKLE_WAS_EXECUTED.txt",)

    torch.save({"weight": base, "trap": Runs()}, folder / "runs.pt")
    torch.save({"weight": base, "trap": Runs()}, folder / "runs-legacy.pt", _use_new_zipfile_serialization=False)


def gguf_files():
    import gguf

    folder = fresh("gguf")
    generator = np.random.default_rng(5)
    arrays = {"blk.0.attn_q.weight": generator.standard_normal((3, 32)).astype(np.float32),
              "half": generator.standard_normal((2, 4)).astype(np.float16), "ids": np.arange(5, dtype=np.int32)}
    writer = gguf.GGUFWriter(folder / "tiny.gguf", "t5")
    writer.add_name("tiny")
    writer.add_block_count(1)
    writer.add_float32("some.float", 0.5)
    writer.add_bool("some.flag", True)
    writer.add_array("tokenizer.ggml.tokens", [f"t{i}" for i in range(20)])
    for name, array in arrays.items():
        writer.add_tensor(name, array)
    quantized = gguf.quants.quantize(arrays["blk.0.attn_q.weight"], gguf.GGMLQuantizationType.Q8_0)
    writer.add_tensor("packed", quantized, raw_dtype=gguf.GGMLQuantizationType.Q8_0)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    expected = {name: entry(array) for name, array in arrays.items()}
    expected["packed"] = {"type": "Q8_0", "shape": [3, 32]}
    write_expected(folder, {"tiny.gguf": expected})


def tensorflow_files():
    import cramjam
    import tensorflow as tf
    from tensorflow.core.protobuf import trackable_object_graph_pb2

    folder = fresh("tensorflow")
    suffix = "/.ATTRIBUTES/VARIABLE_VALUE"

    def found(prefix, parts=()):
        reader = tf.train.load_checkpoint(str(prefix))
        labels = {}
        if reader.has_tensor("_CHECKPOINTABLE_OBJECT_GRAPH"):
            graph = trackable_object_graph_pb2.TrackableObjectGraph()
            graph.ParseFromString(reader.get_tensor("_CHECKPOINTABLE_OBJECT_GRAPH"))
            labels = {a.checkpoint_key: a.full_name for node in graph.nodes for a in node.attributes}
        tensors = {}
        for key in reader.get_variable_to_shape_map():
            if key == "_CHECKPOINTABLE_OBJECT_GRAPH":
                continue
            name = key.removesuffix(suffix)
            array = reader.get_tensor(key)
            kind = reader.get_variable_to_dtype_map()[key].name
            tensors[name] = {"type": "STRING", "shape": list(array.shape)} if kind == "string" else entry(array, NAMES[kind])
            if labels.get(key, name) != name and labels.get(key):
                tensors[name]["label"] = labels[key]
        return tensors

    expected = {}
    generator = np.random.default_rng(5)
    names, values = [], []
    for kind in ("float16 bfloat16 float32 float64 int8 uint8 int16 int32 int64 bool uint16 uint32 uint64 complex64 "
                 "complex128 float8_e4m3fn float8_e5m2").split():
        names.append(f"kinds/{kind}")
        values.append(tf.cast(tf.constant([0.0, 1.0, 2.0, 100.0]), kind))
    names += ["scalar", "empty", "text"]
    values += [tf.constant(0.1), tf.zeros([0, 3]), tf.constant(["a", "bc"])]
    tf.raw_ops.SaveV2(prefix=str(folder / "kinds"), tensor_names=names, shape_and_slices=[""] * len(names), tensors=values)
    expected["kinds.index"] = expected["kinds"] = found(folder / "kinds")

    # Two shards, and a variable in parts along one dimension and another in four boxes.
    rows, box = (generator.standard_normal((4, 6)).astype(np.float32) for _ in range(2))
    for shard, (shapes, pieces) in enumerate([
        (["4 6 0,1:-", "4 6 0,2:0,3", "4 6 0,2:3,3"], [rows[:1], box[:2, :3], box[:2, 3:]]),
        (["4 6 1,3:-", "4 6 2,2:0,3", "4 6 2,2:3,3"], [rows[1:], box[2:, :3], box[2:, 3:]]),
    ]):
        tf.raw_ops.SaveV2(prefix=str(folder / f"part{shard}"), tensor_names=["rows", "box", "box"],
                          shape_and_slices=shapes, tensors=pieces)
    tf.raw_ops.MergeV2Checkpoints(checkpoint_prefixes=[str(folder / "part0"), str(folder / "part1")],
                                  destination_prefix=str(folder / "parts"))
    expected["parts.index"] = {"rows": entry(rows), "box": entry(box)}

    tf.keras.utils.set_random_seed(5)

    def save(name, keras):
        class Model(keras.Model):
            def __init__(self):
                super().__init__()
                self.embedding, self.gru = keras.layers.Embedding(5, 2), keras.layers.GRU(2)

            def call(self, inputs):
                return self.gru(self.embedding(inputs))

        model = Model()
        model(tf.constant([[1, 2]]))
        tf.train.Checkpoint(model=model).save(str(folder / name / "ckpt"))
        expected[f"{name}"] = found(folder / name / "ckpt-1")

    import keras
    import tf_keras

    save("keras2", tf_keras)
    save("keras3", keras)

    # The first index again, its blocks packed with Snappy.
    table = (folder / "kinds.index").read_bytes()
    (folder / "packed.index").write_bytes(packed_table(table, lambda block: bytes(cramjam.snappy.compress_raw(block))))
    data = (folder / "kinds.data-00000-of-00001").read_bytes()
    (folder / "packed.data-00000-of-00001").write_bytes(data)
    expected["packed.index"] = expected["kinds"]
    write_expected(folder, expected)


def packed_table(table, pack):
    """A table with every block packed: data blocks first, then the index block that finds them."""
    import struct

    def varint(data, at):
        value = shift = 0
        while True:
            value |= (data[at] & 127) << shift
            shift, at = shift + 7, at + 1
            if data[at - 1] < 128:
                return value, at

    def encoded(value):
        out = b""
        while value >= 128:
            out, value = out + bytes([value & 127 | 128]), value >> 7
        return out + bytes([value])

    def crc(data):
        value = 0xFFFFFFFF
        for byte in data:
            value ^= byte
            for _ in range(8):
                value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        value ^= 0xFFFFFFFF
        return ((value >> 15 | value << 17) + 0xA282EAD8) & 0xFFFFFFFF

    out = bytearray()

    def add(block):
        place = encoded(len(out))
        data = pack(block)
        out.extend(data + b"\1" + struct.pack("<I", crc(data + b"\1")))
        return place + encoded(len(data))

    at = len(table) - 48
    handles = []
    for _ in range(2):
        offset, at = varint(table, at)
        size, at = varint(table, at)
        handles.append((offset, size))
    index = table[handles[1][0]:sum(handles[1])]
    end = len(index) - 4 * (struct.unpack("<I", index[-4:])[0] + 1)
    at, entries, key = 0, b"", b""
    while at < end:
        shared, at = varint(index, at)
        count, at = varint(index, at)
        length, at = varint(index, at)
        key, at = key[:shared] + index[at:at + count], at + count
        value, at = index[at:at + length], at + length
        offset, place = varint(value, 0)
        size, _ = varint(value, place)
        handle = add(table[offset:offset + size])
        entries += encoded(0) + encoded(len(key)) + encoded(len(handle)) + key + handle
    meta = add(table[handles[0][0]:sum(handles[0])])
    footer = meta + add(entries + struct.pack("<II", 0, 1))
    return bytes(out) + footer.ljust(40, b"\0") + table[-8:]


def keras_files():
    import io
    import zipfile

    import h5py
    import keras
    import ml_dtypes
    import tf_keras

    folder = fresh("keras")
    expected = {}

    def found(data, base=""):
        """Every dataset as h5py reads it, by its path below `base`."""
        tensors = {}

        def visit(path, item):
            if isinstance(item, h5py.Dataset) and path.startswith(base):
                array = item[()]
                dtype = None
                if item.attrs.get("dtype") == "bfloat16":
                    array, dtype = np.asarray(array).view(ml_dtypes.bfloat16), "BF16"
                tensors[path.removeprefix(base)] = entry(array, dtype)

        with h5py.File(io.BytesIO(data), "r") as file:
            file.visititems(visit)
            for path in tensors:
                labels = []
                parts = (base + path).split("/")
                group = file[base] if base else file
                if "layer_names" in group.attrs:
                    for name in group[parts[1] if base else parts[0]].attrs["weight_names"]:
                        name = name if isinstance(name, str) else name.decode()
                        if f"{path}".endswith("/" + name) and path.split("/")[0] + "/" + name == path:
                            tensors[path]["label"] = name
                elif len(parts) > 2 and parts[-2] == "vars":
                    labels = [file["/".join(parts[:end + 1]) + "/vars"].attrs.get("name") for end in range(len(parts) - 2)
                              if "/".join(parts[:end + 1]) + "/vars" in file]
                    if any(labels):
                        tensors[path]["label"] = "/".join([label for label in labels if label] + [parts[-1]])
        return tensors

    def model(framework):
        framework.utils.set_random_seed(5)
        source, target = framework.Input((4, 2), name="source"), framework.Input((3, 2), name="target")
        values = framework.layers.Bidirectional(framework.layers.GRU(1, return_sequences=True, name="reader"))(source)
        attended = framework.layers.MultiHeadAttention(2, 1, name="cross")(target, values)
        return framework.Model([source, target], framework.layers.Dense(11, name="logits")(attended))

    for name, framework in (("keras2", tf_keras), ("keras3", keras)):
        built = model(framework)
        built.save(folder / f"{name}.keras")
        built.save_weights(folder / f"{name}.weights.h5")
        built.save(folder / f"{name}.h5")
        with zipfile.ZipFile(folder / f"{name}.keras") as archive:
            expected[f"{name}.keras"] = found(archive.read("model.weights.h5"))
        expected[f"{name}.weights.h5"] = found((folder / f"{name}.weights.h5").read_bytes())
        expected[f"{name}.h5"] = found((folder / f"{name}.h5").read_bytes(), "model_weights/")
    model(tf_keras).save_weights(folder / "keras2-alone.h5")
    expected["keras2-alone.h5"] = found((folder / "keras2-alone.h5").read_bytes())

    # Datasets of every kind, in the oldest and the newest layout of the file.
    generator = np.random.default_rng(5)
    weights = generator.standard_normal((5, 7)).astype(np.float32)
    for name, versions in (("old", ("earliest", "v108")), ("new", ("v110", "v110"))):
        with h5py.File(folder / f"{name}.hdf5", "w", libver=versions) as file:
            group = file.create_group("deep/er")
            group["plain"] = weights
            group.create_dataset("packed", data=weights, chunks=(2, 3), compression="gzip", shuffle=True, fletcher32=True)
            group.create_dataset("big", data=weights.astype(">f4"))
            group.create_dataset("big chunks", data=(weights * 100).astype(">i2"), chunks=(4, 4))
            group["half"], group["double"] = weights.astype(np.float16), weights.astype(np.float64)
            group["flags"], group["bytes"] = weights > 0, (weights * 30).astype(np.int8)
            group["scalar"], group["empty"] = np.int64(-3), np.zeros((0, 3), np.float32)
            group.create_dataset("never written", (3, 2), "f4", fillvalue=1.5)
            bits = weights.astype(ml_dtypes.bfloat16)
            group.create_dataset("brain", data=bits.view("V2")).attrs["dtype"] = "bfloat16"
        expected[f"{name}.hdf5"] = found((folder / f"{name}.hdf5").read_bytes())
    with h5py.File(folder / "userblock.hdf5", "w", userblock_size=512) as file:
        file["plain"] = weights
    expected["userblock.hdf5"] = {"plain": entry(weights)}

    # A list of names in parts, as Keras writes it where it is longer than an attribute may be.
    with h5py.File(folder / "split.h5", "w") as file:
        names = ["b", "a", "c"]
        file.attrs["layer_names0"], file.attrs["layer_names1"] = names[:2], names[2:]
        for index, name in enumerate(names):
            group = file.create_group(name)
            group[f"{name}/kernel:0"] = np.full(2, index, np.float32)
            group[f"{name}/bias:0"] = np.full(1, index, np.float32)
            group.attrs["weight_names0"], group.attrs["weight_names1"] = [f"{name}/kernel:0"], [f"{name}/bias:0"]
    expected["split.h5"] = {
        f"{name}/{name}/{part}:0": entry(np.full(count, index, np.float32)) | {"label": f"{name}/{part}:0"}
        for index, name in enumerate(names) for part, count in (("kernel", 2), ("bias", 1))
    }
    write_expected(folder, expected)

    # Files that must be refused.
    with h5py.File(folder / "circle.hdf5", "w") as file:
        file["a/b"] = weights
        file["a/again"] = file["/"]
    with h5py.File(folder / "outside.hdf5", "w") as file:
        file["secret"] = h5py.ExternalLink("/etc/passwd", "/")
    with h5py.File(folder / "storage.hdf5", "w") as file:
        file.create_dataset("secret", (10,), "u1", external=[("/etc/passwd", 0, 10)])
    with h5py.File(folder / "virtual.hdf5", "w", libver=("v110", "v110")) as file:
        layout = h5py.VirtualLayout((5, 7), "f4")
        layout[:] = h5py.VirtualSource(folder / "old.hdf5", "deep/er/plain", shape=(5, 7))
        file.create_virtual_dataset("secret", layout)
    with h5py.File(folder / "bomb.hdf5", "w") as file:
        file.create_dataset("zeros", (1 << 40,), "f4", chunks=(1 << 20,), compression="gzip")


WRITERS = {"numpy": numpy_files, "pytorch": pytorch_files, "gguf": gguf_files, "tensorflow": tensorflow_files,
           "keras": keras_files}
if __name__ == "__main__":
    for name in sys.argv[1:] or WRITERS:
        WRITERS[name]()
