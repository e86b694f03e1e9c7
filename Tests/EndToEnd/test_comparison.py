"""Decodes side by side, and the snapshots of a training run, in a real terminal."""
import json
import pathlib
import shutil
import struct
import tempfile
import unittest

from heed import MODEL, PROGRAM
from terminal import Terminal

SENTENCE = "I see a cat."


def run_of_snapshots(folder, epochs):
    """A run folder whose snapshots all hold the parameters of the model under test."""
    run = pathlib.Path(folder) / "run"
    run.mkdir()
    for file in MODEL.iterdir():
        if file.name == "config.json" or file.name.endswith("tokenizer.json"):
            shutil.copy(file, run)
    weights = (MODEL / "model.safetensors").read_bytes()
    (length,) = struct.unpack("<Q", weights[:8])
    header = json.loads(weights[8:8 + length])
    header.pop("__metadata__", None)
    renamed = json.dumps({"parameters." + name: value for name, value in header.items()}).encode()
    renamed += b" " * (-len(renamed) % 8)
    for epoch in range(1, epochs + 1):
        snapshot = run / "snapshots" / f"step-{epoch:09}-epoch-{epoch:09}"
        snapshot.mkdir(parents=True)
        (snapshot / "state.safetensors").write_bytes(struct.pack("<Q", len(renamed)) + renamed + weights[8 + length:])
    return run


class Comparing(unittest.TestCase):
    def test_a_sentence_beside_the_first(self):
        with Terminal([PROGRAM, str(MODEL), SENTENCE], columns=140, rows=40) as terminal:
            terminal.wait_for("source tokens read")
            terminal.keys("r")
            terminal.wait_for("ended after")
            terminal.type(":compare-sentence I see a dog.")
            terminal.keys("Enter")
            terminal.wait_for("cat≠dog")
            terminal.keys("d")
            terminal.wait_for("the difference alone")
            terminal.resize(80, 24)
            terminal.wait_for("cat≠dog|less")
            terminal.keys("c")
            terminal.wait_for("cat≠dog|less", absent=True)
            terminal.keys("q")
            terminal.expect_exit(0)

    def test_a_model_that_is_not_there_is_said_in_its_picture(self):
        with Terminal([PROGRAM, str(MODEL), SENTENCE], columns=140, rows=40) as terminal:
            terminal.wait_for("source tokens read")
            terminal.keys("Space", "c")
            terminal.wait_for("Compare with a model")
            terminal.type("no-such-model")
            terminal.keys("Enter")
            terminal.wait_for("no model of this")
            terminal.keys("q", "q")
            terminal.expect_exit(0)


class Snapshots(unittest.TestCase):
    def test_they_pass_by_under_the_sentence(self):
        with tempfile.TemporaryDirectory() as folder:
            run = run_of_snapshots(folder, 3)
            with Terminal([PROGRAM, str(run), SENTENCE], columns=120, rows=40) as terminal:
                terminal.wait_for("run step 3 epoch 3")
                terminal.wait_for("source tokens read")
                terminal.keys("r")
                terminal.wait_for("ended after")
                terminal.keys("(")
                terminal.wait_for(r"epoch 2 \(2 of 3\)")
                terminal.wait_for("run step 2 epoch 2")
                terminal.wait_for("ended after")
                terminal.keys("(", "(")
                terminal.wait_for("no snapshot before this one")
                terminal.keys("q")
                terminal.expect_exit(0)


if __name__ == "__main__":
    unittest.main()
