"""Models, sessions, settings and figures from the explorer: in a real terminal, and replayed without one."""
import pathlib
import shutil
import tempfile
import unittest

from heed import MODEL, PROGRAM, ROOT, run
from terminal import Terminal
from test_explorer import READY, explorer


class Temporary(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)


class Replaying(Temporary):
    def replay(self, keys, *arguments, model=MODEL, **options):
        result = run("replay", model, "--keys", keys, *arguments, directory=self.folder, **options)
        self.assertEqual(result.returncode, 0, result.stderr.decode())
        return result.stdout.decode()

    def test_the_same_keys_print_the_same_screen(self):
        first = self.replay("<Space><Space>r", "--size", "100x30")
        self.assertEqual(first, self.replay("<Space><Space>r", "--size", "100x30"))
        lines = first.rstrip("\n").split("\n")
        self.assertEqual(len(lines), 30)
        self.assertLessEqual(max(map(len, lines)), 100)
        self.assertIn("<end>", first)
        self.assertNotIn("\x1b", first)
        self.assertIn("\x1b[", self.replay("<Space>", "--color", "truecolor"))

    def test_a_session_is_saved_and_comes_back(self):
        self.replay("<Space><Space><Space>kP:save s.yaml<Enter>")
        text = (self.folder / "s.yaml").read_text()
        self.assertIn("steps: 3", text)
        back = self.replay("", model=self.folder / "s.yaml")
        again = self.replay("", model=self.folder / "s.yaml")
        self.assertEqual(back, again)
        self.assertIn("step 3", back)
        pointed = [line for line in back.split("\n") if "▶" in line]
        self.assertEqual(len(pointed), 1)
        # It goes on from there, and its own file is written again without a question.
        on = self.replay("<Space>:save<Enter>", model=self.folder / "s.yaml")
        self.assertIn("written: ", on)
        self.assertIn("steps: 4", (self.folder / "s.yaml").read_text())

    def test_what_ifs_and_the_view_come_back(self):
        shown = self.replay("<Space><Space><Space><Space>kxHD4:save s<Enter>k", "--size", "120x40")
        text = (self.folder / "s.yaml").read_text()
        for line in ('  - "silence L0H0@cross"', "view: maths", "compared-with: model-alone"):
            self.assertIn(line, text)
        back = self.replay("k", "--size", "120x40", model=self.folder / "s.yaml")
        self.assertEqual(shown, back)
        # One change after the other can be undone, and leaving asks only once something is not saved.
        self.assertNotIn("hidden", self.replay("u", "--size", "120x40", model=self.folder / "s.yaml"))
        self.assertNotIn("not saved", self.replay("q", "--size", "120x40", model=self.folder / "s.yaml"))
        self.assertIn("not saved", self.replay("uq", "--size", "120x40", model=self.folder / "s.yaml"))

    def test_what_was_said_of_a_model_comes_back(self):
        tutorial = ROOT / "Tests/ModelsTests/Fixtures/foreign/tutorial-keras2-checkpoint"
        options = ("--start-id", 1, "--end-id", 2, "--sentence", "1 5 9 4 2", "--max-length", 4)
        self.replay("<Space><Space>:save s<Enter>", *options, model=tutorial)
        self.assertIn('  start-id: "1"', (self.folder / "s.yaml").read_text())
        self.assertIn("step 2", self.replay("", model=self.folder / "s.yaml"))

    def test_the_screen_as_a_picture(self):
        self.assertEqual(self.replay("<Space>", "-o", "a.png"), "")
        self.assertTrue((self.folder / "a.png").read_bytes().startswith(b"\x89PNG"))
        self.assertEqual(run("replay", MODEL, "-o", "a.csv", directory=self.folder).returncode, 64)

    def test_a_folder_is_no_file(self):
        for name in ("a.png", "s.yaml"):
            (self.folder / name).mkdir()
        self.assertIn("is a folder", self.replay("<Space>:export a.png<Enter>"))
        self.assertIn("is a folder", self.replay(":save! s.yaml<Enter>"))
        self.assertIn("No such file", self.replay("<Space>:export none/a.png<Enter>"))
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["a.png", "s.yaml"])

    def test_figures_of_every_kind(self):
        starts = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF", "html": b"<!", "csv": b"sentence", "json": b"{",
                  "npz": b"PK", "ansi": b"", "txt": b""}
        for ending, start in starts.items():
            with self.subTest(ending):
                self.assertIn(f"written: a.{ending}", self.replay(f"<Space><Space>:export a.{ending}<Enter>"))
                content = (self.folder / f"a.{ending}").read_bytes()
                self.assertTrue(content.startswith(start) and content, content[:20])
        old = (self.folder / "a.csv").read_bytes()
        self.assertIn("Replace it?", self.replay("<Space>:export a.csv<Enter>"))
        self.assertEqual(old, (self.folder / "a.csv").read_bytes())
        self.assertIn("written: a.csv", self.replay("<Space>:export a.csv<Enter>y"))
        self.assertNotEqual(old, (self.folder / "a.csv").read_bytes())
        self.assertIn("written: a.csv", self.replay("<Space><Space>:export! a.csv<Enter>"))
        self.assertIn("says no format", self.replay("<Space>:export a.doc<Enter>"))

    def test_a_checkpoint_that_is_no_model_shows_its_tensors(self):
        shutil.copy(MODEL / "model.safetensors", self.folder / "weights.safetensors")
        screen = self.replay("", "--size", "120x40", model=self.folder / "weights.safetensors")
        self.assertIn("no attention to see: ", screen)
        self.assertIn("safetensors", screen)
        self.assertRegex(self.replay("/kernel<Enter>", "--size", "120x40", model=self.folder / "weights.safetensors"),
                         r"mean .*, deviation")
        self.assertRegex(self.replay("/kernel<Enter><Enter>", "--size", "120x40", model=self.folder / "weights.safetensors"),
                         r"bins of \d+×\d+|every number")

    def test_what_is_wrong_is_one_line(self):
        (self.folder / "keys.txt").write_text("j\n<Nope>\n")
        (self.folder / "bad.yaml").write_text("heed-session: 1\nmodel: x\nsteps: many\n")
        (self.folder / "gone.yaml").write_text("heed-session: 1\nmodel: /no/such/model\n")
        for arguments, words in (
                (("replay", MODEL, "--script", "keys.txt"), "keys.txt: line 2: no key is called <Nope>"),
                (("replay", MODEL, "--script", "none.txt"), "none.txt: cannot be read"),
                (("replay", "bad.yaml"), "bad.yaml:3: `steps` takes"),
                (("replay", "gone.yaml"), "gone.yaml: its model cannot be found"),
                (("replay", "none.yaml"), "none.yaml: there is no such file")):
            with self.subTest(words):
                result = run(*arguments, directory=self.folder)
                self.assertEqual(result.returncode, 1)
                lines = result.stderr.decode().strip().split("\n")
                self.assertEqual(len(lines), 1, lines)
                self.assertIn(words, lines[0])


class InATerminal(Temporary):
    def test_another_model_is_picked_and_the_sentence_stays(self):
        with explorer(columns=100, rows=30) as terminal:
            terminal.wait_for("source tokens read")
            terminal.keys("o")
            terminal.wait_for("Open a model")
            terminal.type("luong")
            terminal.wait_for("▶ en-fr-luong")
            terminal.keys("Enter")
            terminal.wait(lambda: "en-fr-luong" in terminal.screen()[0], "the other model in the title")
            terminal.wait_for("I see a cat")
            terminal.keys("Space")
            terminal.wait_for("step 1")
            terminal.keys(":")
            terminal.type("open /no/such/model")
            terminal.keys("Enter")
            terminal.wait_for("there is no such folder")
            self.assertIn("en-fr-luong", terminal.screen()[0])
            terminal.keys("q")
            terminal.expect_exit(0)

    def test_settings_are_written_and_read(self):
        environment = {"XDG_CONFIG_HOME": str(self.folder), "XDG_STATE_HOME": str(self.folder)}
        with explorer(columns=100, rows=30, environment=environment) as terminal:
            terminal.wait_for("decode one token")
            terminal.keys("P", ":")
            terminal.type("write-config")
            terminal.keys("Enter")
            terminal.wait_for("written: ")
            terminal.keys("q")
            terminal.expect_exit(0)
        file = self.folder / "heed/config.yaml"
        text = file.read_text()
        self.assertIn("palette: cividis", text)
        file.write_text(text.replace("palette: cividis", "palette: pink").replace('  # step: "<Space>"', '  step: "b"'))
        with explorer(columns=100, rows=30, environment=environment) as terminal:
            terminal.wait_for(r"config.yaml:\d+: palette is one of")
            # It is no first start any more.
            self.assertNotIn("decode one token", "\n".join(terminal.screen()))
            terminal.wait_for("b step")
            terminal.keys("b")
            terminal.wait_for("step 1")
            terminal.keys(":", "Up")
            terminal.wait_for(":write-config")
            # Escape and a letter in one go would be a letter with Alt.
            terminal.keys("Escape")
            terminal.wait_for(":write-config", absent=True)
            terminal.keys("q")
            terminal.expect_exit(0)
            terminal.wait_for(r"heed: .*config.yaml:\d+: palette")

    def test_a_session_comes_back_in_a_terminal(self):
        file = self.folder / "s.yaml"
        with explorer(columns=100, rows=30) as terminal:
            terminal.wait_for("source tokens read")
            terminal.keys("Space", "Space")
            terminal.wait_for("step 2")
            terminal.keys(":")
            terminal.type(f"save {file}")
            terminal.keys("Enter")
            terminal.wait_for("written: ")
            terminal.keys("q")
            terminal.expect_exit(0)
        with Terminal([PROGRAM, "explore", str(file)], columns=100, rows=30) as terminal:
            terminal.wait_for("step 2")
            terminal.wait_for(READY)
            terminal.keys("q")
            terminal.expect_exit(0)


if __name__ == "__main__":
    unittest.main()
