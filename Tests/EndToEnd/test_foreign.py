"""Checkpoints of other libraries on the command line: what is asked for, and what is kept."""
import json
import pathlib
import shutil
import tempfile
import unittest

from heed import ROOT, run

FOREIGN = ROOT / "Tests/ModelsTests/Fixtures/foreign"
TUTORIAL = FOREIGN / "tutorial-keras2-checkpoint"


class Foreign(unittest.TestCase):
    def fail(self, *arguments):
        done = run(*arguments)
        self.assertEqual((done.returncode, done.stdout), (1, b""), done.stderr)
        self.assertRegex(done.stderr.decode(), r"\Aheed: [^\n]+\n\Z")
        return done.stderr.decode()

    def trace(self, *arguments):
        done = run("trace", *arguments, "--format", "json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout), done.stderr.decode()

    def test_what_the_file_leaves_open_is_asked_for_by_its_flag(self):
        self.assertIn("--start-id", self.fail("trace", TUTORIAL, "1 5 2"))
        self.assertIn("--end-id", self.fail("trace", TUTORIAL, "1 5 2", "--start-id", 1))
        hard = self.fail("trace", FOREIGN / "tutorial-hard", "1 5 2", "--start-id", 1, "--end-id", 2)
        self.assertIn("--hard-sigmoid", hard)

    def test_ids_are_typed_and_shown_where_there_are_no_words(self):
        typed, notes = self.trace(TUTORIAL, "1 5 9 4 2", "--start-id", 1, "--end-id", 2, "--max-length", 4)
        given, _ = self.trace(TUTORIAL, "--source-ids", "1,5,9,4,2", "--start-id", 1, "--end-id", 2, "--max-length", 4)
        self.assertEqual(typed["source"]["ids"], [1, 5, 9, 4, 2])
        self.assertEqual(typed["attention"], given["attention"])
        self.assertEqual(typed["source"]["tokens"][1], "#5")
        self.assertIn("--query-projection", notes)

    def test_a_failure_is_one_line_though_there_was_something_to_say_before(self):
        flags = ("--start-id", 1, "--end-id", 2)
        with tempfile.TemporaryDirectory() as folder:
            for arguments in (("trace", TUTORIAL, "1 99999"), ("heads", TUTORIAL, "1 99999"),
                              ("trace", TUTORIAL, "1 5 2", "--force", "1=99999"),
                              ("render", TUTORIAL, "1 99999", "--output", f"{folder}/x.png")):
                self.assertIn("99999", self.fail(*arguments, *flags))

    def test_answers_are_remembered(self):
        with tempfile.TemporaryDirectory() as folder:
            copy = pathlib.Path(folder) / "model"
            shutil.copytree(TUTORIAL, copy)
            words = {f"w{id}": id for id in range(3, 11)} | {"<start>": 1, "<end>": 2}
            (copy / "words.json").write_text(json.dumps(words))
            first, _ = self.trace(copy, "1 5 2", "--target-vocab", copy / "words.json", "--remember")
            second, _ = self.trace(copy, "1 5 2")
            self.assertEqual(first["target"], second["target"])
            self.assertEqual((copy / "heed.yaml").read_text().splitlines()[1:], ["target-vocab: words.json"])

    def test_a_file_without_attention_says_so(self):
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(FOREIGN / "torch-combine-separate/encoder.pt", folder)
            self.assertIn("no attention parameters", self.fail("trace", pathlib.Path(folder) / "encoder.pt", "1"))


if __name__ == "__main__":
    unittest.main()
