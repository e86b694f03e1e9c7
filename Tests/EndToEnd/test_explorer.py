"""The explorer in a real terminal: what a person types, what then stands on the screen, and the terminal afterwards."""
import re
import subprocess
import tempfile
import unittest

from heed import MODEL, PROGRAM, copy_of_model
from terminal import Terminal

SENTENCE = "I see a cat."
READY = r"\? help"


def explorer(*arguments, sentence=SENTENCE, **options):
    return Terminal([PROGRAM, "explore", str(MODEL), *([sentence] if sentence is not None else []), *arguments], **options)


class Session(unittest.TestCase):
    def test_stepping_going_back_running_help_and_quitting(self):
        with explorer(columns=100, rows=30) as terminal:
            terminal.wait_for(READY)
            terminal.wait_for("cat")
            empty = terminal.screen()
            terminal.keys("Space")
            one = terminal.wait(lambda: terminal.screen() != empty, "the first token")
            terminal.keys("Space")
            terminal.wait(lambda: terminal.screen() != one, "the second token")
            terminal.keys("r")
            terminal.wait_for("<end>")
            terminal.keys("?")
            terminal.wait_for("Decode one more token")
            terminal.keys("?")
            terminal.wait_for("Decode one more token", absent=True)
            terminal.keys("q")
            terminal.expect_exit(0)

    def test_typing_a_sentence(self):
        with explorer(columns=100, rows=30) as terminal:
            terminal.wait_for(READY)
            terminal.keys("i", "C-u")
            terminal.type("The water is cold, naïve 猫.")
            terminal.keys("Enter")
            terminal.wait_for("naïve 猫")
            terminal.keys("r")
            terminal.wait_for("<end>")
            terminal.keys("i", "C-u")
            terminal.paste("I have\na dog.")
            terminal.keys("Enter")
            terminal.wait_for("I have a dog")
            terminal.keys("q")
            terminal.expect_exit(0)

    def test_an_empty_and_an_endless_sentence_are_said_and_nothing_breaks(self):
        with explorer(columns=100, rows=30) as terminal:
            terminal.wait_for(READY)
            terminal.keys("i", "C-u", "Enter")
            terminal.wait_for("empty|no sentence")
            terminal.keys("Escape")
            terminal.keys("i", "C-u")
            for _ in range(10):
                terminal.paste("word " * 1_000)
            terminal.keys("Enter")
            terminal.wait_for("tokens")
            terminal.keys("q")
            terminal.expect_exit(0)

    def test_the_example_of_the_model_is_ready(self):
        with Terminal([PROGRAM, str(MODEL)], columns=120, rows=40) as terminal:
            terminal.wait_for(READY)
            terminal.wait_for((MODEL / "example.txt").read_text().split()[0])
            terminal.keys("q")
            terminal.expect_exit(0)


class Views(unittest.TestCase):
    def test_lines_searching_and_the_command_line(self):
        with explorer(columns=120, rows=40) as terminal:
            terminal.wait_for("source tokens read")
            terminal.keys("Space", "Space", "3")
            terminal.wait_for("lines of this row")
            terminal.keys("/")
            terminal.type("cat")
            terminal.keys("Enter")
            terminal.wait_for("1 of 1 with “cat” in it")
            terminal.keys(":")
            terminal.type("pal")
            terminal.keys("Tab")
            terminal.type("magma")
            terminal.keys("Enter")
            terminal.keys(":")
            terminal.type("no-such-command")
            terminal.keys("Enter")
            terminal.wait_for("no command no-such-command")
            terminal.keys("?", "/")
            terminal.type("palette")
            terminal.wait_for("Decode one more token", absent=True)
            terminal.wait_for("Next palette")
            terminal.keys("Enter", "P")
            terminal.wait_for("palette: grey")
            terminal.keys("q")
            terminal.expect_exit(0)

    def test_a_press_on_the_hint_bar_is_the_key(self):
        with explorer(columns=120, rows=40) as terminal:
            terminal.wait_for("source tokens read")
            column = terminal.screen()[39].index("? help") + 1
            terminal.raw(f"\x1b[<0;{column};40M")
            terminal.wait_for("Decode one more token")
            terminal.keys("q", "q")
            terminal.expect_exit(0)

    def test_a_light_background_is_taken_at_its_word(self):
        for words, color in (("15;0", "48;5;235m"), ("0;15", "48;5;254m")):
            with self.subTest(words), explorer(columns=100, rows=30, environment={"COLORFGBG": words}) as terminal:
                terminal.wait_for(READY)
                self.assertIn(color, terminal.screen(colors=True)[0])
                terminal.keys("q")
                terminal.expect_exit(0)


class Window(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """A description of xterm with 16 colours, which Debian does not install by itself."""
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.terminals = folder.name
        xterm = subprocess.run(["infocmp", "-x", "xterm-256color"], capture_output=True, text=True, check=True).stdout
        few = re.sub(r"(?m)^xterm-256color\|[^,]*", "heed-16color|xterm with 16 colours", xterm)
        few = re.sub(r"pairs#[^,]*", "pairs#256", re.sub(r"colors#[^,]*", "colors#16", few))
        subprocess.run(["tic", "-x", "-o", folder.name, "-"], input=few, text=True, check=True)

    def test_every_size_and_depth_of_colour(self):
        for columns, rows in ((80, 24), (120, 40), (200, 60), (40, 12), (5, 2)):
            for term, environment in (("xterm-256color", {}), ("heed-16color", {"TERMINFO": self.terminals}), ("xterm", {}), ("vt100", {}),
                                      ("xterm-256color", {"NO_COLOR": "1"}),
                                      ("xterm-256color", {"LANG": "C"})):
                with self.subTest(columns=columns, rows=rows, term=term, **environment):
                    with explorer(columns=columns, rows=rows, term=term, environment=environment) as terminal:
                        if columns >= 40:
                            terminal.wait_for("cat")
                        terminal.keys("r")
                        if columns >= 80:
                            terminal.wait_for("<end>")
                            colored = re.search(r"\x1b\[[0-9;]*(?:3[0-7]|4[0-7]|9[0-7]|38;5|48;5)", "".join(terminal.screen(colors=True)))
                            self.assertEqual(bool(colored), term != "vt100" and "NO_COLOR" not in environment)
                        terminal.keys("q")
                        terminal.expect_exit(0)

    def test_resizing_while_it_runs(self):
        with explorer("--max-length", "30", columns=120, rows=40) as terminal:
            terminal.wait_for(READY)
            terminal.keys("r")
            for columns, rows in ((80, 24), (10, 3), (1, 1), (200, 60), (90, 30)):
                terminal.resize(columns, rows)
            terminal.wait_for("<end>")
            terminal.wait_for(READY)
            self.assertLessEqual(max(map(len, terminal.screen())), 90)
            terminal.keys("q")
            terminal.expect_exit(0)


class TraceInATerminal(unittest.TestCase):
    def test_the_heatmap_has_the_colours_that_the_terminal_has(self):
        for environment, pattern in (({}, r"48;5;\d+m"), ({"COLORTERM": "truecolor"}, r"48;2;\d+;\d+;\d+m"),
                                     ({"NO_COLOR": "1"}, None), ({"NO_COLOR": "1", "COLORTERM": "truecolor"}, None)):
            with self.subTest(environment):
                command = [PROGRAM, "trace", str(MODEL), SENTENCE]
                with Terminal(command, columns=100, rows=40, environment=environment) as terminal:
                    terminal.expect_exit(0)
                    picture = "\n".join(terminal.screen(colors=True))
                    self.assertIn(f"source  {SENTENCE}", picture)
                    self.assertEqual(bool(re.search(pattern or r"\x1b\[[0-9;]*[34]8;", picture)), pattern is not None)


class Leaving(unittest.TestCase):
    def test_signals_end_it_with_the_terminal_restored(self):
        for name, number in (("TERM", 15), ("HUP", 1)):
            with self.subTest(signal=name), explorer(columns=100, rows=30) as terminal:
                terminal.wait_for(READY)
                terminal.keys("r")
                terminal.signal(name)
                terminal.expect_exit(128 + number)

    def test_a_damaged_model_gets_one_line_on_the_restored_screen(self):
        with tempfile.TemporaryDirectory() as folder:
            model = copy_of_model(folder)
            weights = model / "model.safetensors"
            weights.write_bytes(weights.read_bytes()[:1000])
            with Terminal([PROGRAM, str(model)], columns=200, rows=10) as terminal:
                terminal.expect_exit(1)
                lines = [line for line in terminal.screen() if line.strip()]
                self.assertEqual(len(lines), 1, lines)
                self.assertTrue(lines[0].startswith("heed: ") and "model.safetensors" in lines[0], lines)


if __name__ == "__main__":
    unittest.main()
