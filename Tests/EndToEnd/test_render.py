"""heed render: every format, files replaced at once, saved traces, and what is refused."""
import base64
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree
import zipfile

from heed import MODEL, PROGRAM, run

SENTENCE = "She does not want to eat the green apple."
SVG = "{http://www.w3.org/2000/svg}"


class Render(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.saved = run("trace", MODEL, "--format", "json", SENTENCE).stdout
        cls.trace = json.loads(cls.saved)

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def render(self, name, *options, **streams):
        """The bytes of a figure of the saved trace."""
        path = self.folder / name
        done = run("render", "--trace", "-", "-o", path, *options, stdin=self.saved, **streams)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"", b""))
        return path.read_bytes()

    def test_the_ending_chooses_the_format(self):
        starts = {"a.png": b"\x89PNG\r\n\x1a\n", "a.svg": b"<?xml", "a.pdf": b"%PDF-1.", "a.html": b"<!doctype html>",
                  "a.ansi": b"source  She", "a.txt": b"source  She", "a.csv": b"sentence,site,", "a.json": b'{"schema"',
                  "a.npz": b"PK\x03\x04"}
        for name, start in starts.items():
            with self.subTest(name):
                self.assertTrue(self.render(name).startswith(start))
        self.assertEqual(self.render("picture", "--format", "svg"), self.render("a.svg"))

    def test_a_model_and_its_saved_trace_give_the_same_picture(self):
        path = self.folder / "direct.svg"
        done = run("render", MODEL, SENTENCE, "-o", path)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"", b""))
        self.assertEqual(path.read_bytes(), self.render("saved.svg"))

    def test_json_comes_back_as_it_was(self):
        self.assertEqual(self.render("a.json"), self.saved)

    def test_standard_output(self):
        done = run("render", "--trace", "-", "-o", "-", "--format", "svg", stdin=self.saved)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertEqual(done.stdout, self.render("a.svg"))

    def test_a_pipe_is_written_to_and_stays_a_pipe(self):
        pipe = self.folder / "pipe.svg"
        os.mkfifo(pipe)
        with subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE) as reader:
            done = run("render", "--trace", "-", "-o", pipe, stdin=self.saved)
            self.assertEqual((done.returncode, done.stderr), (0, b""))
            self.assertEqual(reader.communicate(timeout=60)[0], self.render("a.svg"))
        self.assertTrue(pipe.is_fifo())

    def test_a_png_has_the_size_that_was_asked_for(self):
        png = self.render("a.png", "--width", "4in", "--height", "100mm", "--dpi", "50")
        self.assertEqual(struct.unpack(">II", png[16:24]), (200, 197))

    def test_an_svg_is_well_formed_and_says_its_words(self):
        root = xml.etree.ElementTree.fromstring(self.render("a.svg", "--title", "a < b & c"))
        self.assertEqual(root.find(f"{SVG}title").text, "a < b & c")
        for word in ("She", "apple", "pomme"):
            self.assertIn(word.lower(), root.find(f"{SVG}desc").text.lower())

    def test_a_page_holds_the_exact_weights(self):
        page = self.render("a.html").decode()
        data = json.loads(re.search(r'id="data">([^<]*)<', page)[1])
        weights = base64.b64decode(data["sites"][0]["weights"])
        rows = self.trace["attention"][0]["rows"]
        numbers = [number for row in rows for number in row]
        self.assertEqual(weights, struct.pack(f"<{len(numbers)}f", *numbers))
        self.assertNotIn("://", page)

    @unittest.skipUnless(shutil.which("chromium"), "needs chromium")
    def test_a_browser_shows_the_page(self):
        self.render("a.html")
        done = subprocess.run(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={self.folder}/profile",
             "--dump-dom", f"file://{self.folder}/a.html#view=table&row=1&column=2"], capture_output=True, timeout=120)
        page = done.stdout.decode()
        weight = self.trace["attention"][0]["rows"][1][2]
        self.assertRegex(page, rf'id="readout"[^>]*>[^<]*weight {re.escape(f"{weight:g}"[:5])}')
        cells = len(self.trace["source"]["ids"]) * len(self.trace["target"]["ids"])
        self.assertEqual(len(re.findall(r"<td>0?[.\d]", page)), cells)

    def test_arrays_are_stored_in_a_sound_archive(self):
        self.render("a.npz")
        with zipfile.ZipFile(self.folder / "a.npz") as archive:
            self.assertIsNone(archive.testzip())
            self.assertIn("cross.npy", archive.namelist())
            shape = f"(1, 1, {len(self.trace['target']['ids'])}, {len(self.trace['source']['ids'])}, )"
            self.assertIn(shape, archive.read("cross.npy")[:128].decode("latin-1"))

    def test_one_of_several_sentences(self):
        lines = run("trace", MODEL, "--format", "json", "I see a cat.", SENTENCE).stdout
        path = self.folder / "a.json"
        self.assertEqual(run("render", "--trace", "-", "--line", "2", "-o", path, stdin=lines).returncode, 0)
        self.assertEqual(path.read_bytes(), self.saved)

    def expect_failure(self, *arguments, words=(), status=1, stdin=None):
        """Nothing is written, and what was there stays."""
        path = self.folder / "old.svg"
        path.write_text("old")
        done = run("render", "-o", path, *arguments, stdin=self.saved if stdin is None else stdin)
        message = done.stderr.decode()
        self.assertEqual((done.returncode, done.stdout), (status, b""), message)
        self.assertRegex(message, r"\Aheed: [^\n]+\n\Z" if status == 1 else r"\AError: ")
        for word in words:
            self.assertIn(word, message)
        self.assertEqual(path.read_text(), "old")
        self.assertEqual([file.name for file in self.folder.iterdir()], ["old.svg"])

    def test_what_cannot_be_drawn_leaves_the_old_file(self):
        self.expect_failure("--trace", "-", stdin=b"{}", words=["standard input", "schema"])
        self.expect_failure("--trace", "-", stdin=b"", words=["standard input"])
        self.expect_failure("--trace", "-", stdin=self.saved[:-20], words=["standard input"])
        self.expect_failure("--trace", "-", stdin=self.saved * 2, words=["--line"])
        self.expect_failure("--trace", "-", "--line", "3", words=["standard input", "1 line"])
        self.expect_failure("--trace", self.folder / "none.json", words=["none.json"])
        self.expect_failure("--trace", "-", "--layer", "7", words=["no layer 7", "only layer 0"])
        self.expect_failure("--trace", "-", "--site", "encoder", words=["encoder", "cross"])
        self.expect_failure("--trace", "-", "--width", "20mm", words=["--width"])
        self.expect_failure("no-such-model", SENTENCE, words=["no-such-model"])
        self.expect_failure(MODEL, "", words=["empty"])

    def test_wrong_usage(self):
        for arguments in (
                [], [MODEL], [MODEL, SENTENCE, "--trace", "-"], ["--trace", "-", "--max-length", "3"],
                ["--trace", "-", "--line", "0"], ["--trace", "-", "--width", "9"], ["--trace", "-", "--width", "0mm"],
                ["--trace", "-", "--dpi", "1"], ["--trace", "-", "--head", "0", "--grid"],
                ["--trace", "-", "--palette", "rainbow"], ["--trace", "-", "--format", "gif"],
                ["--trace", "-", "--format", "csv", "--mean"], ["--trace", "-", "--font-size", "nan"]):
            self.expect_failure(*arguments, status=64)
        done = run("render", "--trace", "-", "-o", self.folder / "no-ending", stdin=self.saved)
        self.assertEqual(done.returncode, 64)
        self.assertIn("--format", done.stderr.decode())

    def test_a_place_that_cannot_be_written(self):
        done = run("render", "--trace", "-", "-o", self.folder / "none/a.svg", stdin=self.saved)
        self.assertEqual((done.returncode, done.stdout), (1, b""))
        self.assertRegex(done.stderr.decode(), r"\Aheed: [^\n]*none/a\.svg[^\n]+\n\Z")
        with open("/dev/full", "wb") as full:
            done = subprocess.run(
                [PROGRAM, "render", "--trace", "-", "-o", "-", "--format", "csv"], input=self.saved, stdout=full,
                stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr.decode(), r"\Aheed: standard output cannot be written[^\n]*\n\Z")


if __name__ == "__main__":
    unittest.main()
