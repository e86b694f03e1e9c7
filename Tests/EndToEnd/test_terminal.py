"""However the explorer ends, stops or crashes, the terminal is left as it was.

Nothing is assumed of it but the key that quits it, so that the tests hold for every view.
"""
import re
import subprocess
import unittest
from pathlib import Path

from heed import MODEL, PROGRAM
from terminal import Terminal

EXPLORER = [PROGRAM, str(MODEL)]
QUIT = "q"
COLOR = re.compile(r"\x1b\[[0-9;]*\b(3[0-8]|4[0-8]|9[0-7]|10[0-7])\b[0-9;:]*m")


def started(**options):
    """The program in a terminal, with its first picture drawn."""
    terminal = Terminal(EXPLORER, **options)
    has_alternate_screen = options.get("term") not in ("vt100", "linux")
    terminal.wait(
        lambda: any(terminal.screen()) and (terminal.modes()["alternate_on"] == "1" or not has_alternate_screen), "a picture")
    terminal.wait_for("opening the model", absent=True)
    terminal.settled()
    return terminal


class Leaving(unittest.TestCase):
    def test_the_quit_key(self):
        with started() as terminal:
            terminal.keys(QUIT)
            terminal.expect_exit(0)

    def test_signals(self):
        for name in ("TERM", "HUP", "INT"):
            with self.subTest(name), started() as terminal:
                terminal.signal(name)
                terminal.expect_exit()

    def test_control_c(self):
        with started() as terminal:
            terminal.keys("C-c")
            terminal.expect_exit()

    def test_crashes(self):
        for name, status in (("SEGV", 139), ("ABRT", 134), ("QUIT", 131), ("ILL", 132)):
            with self.subTest(name), started() as terminal:
                terminal.signal(name)
                terminal.expect_exit(status)

    def test_the_terminal_goes_away(self):
        with started() as terminal:
            process = terminal.process()
            state = Path(f"/proc/{process}/stat")
            terminal.tmux("kill-server")

            def is_over():
                # A zombie is over; nobody has asked for its status yet.
                return not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] == "Z"

            terminal.screen = lambda: []
            terminal.wait(is_over, "the program's end")


class Stopping(unittest.TestCase):
    def test_control_z_and_fg(self):
        with started(interactive=True) as terminal:
            before = terminal.screen()
            terminal.keys("C-z")
            terminal.wait_for("Stopped")
            self.assertEqual(terminal.modes()["alternate_on"], "0")
            self.assertEqual(terminal.modes()["mouse_any_flag"], "0")
            terminal.type("fg")
            terminal.keys("Enter")
            terminal.wait(lambda: terminal.screen() == before, "the picture from before")
            self.assertEqual(terminal.modes()["alternate_on"], "1")
            terminal.keys(QUIT)
            terminal.expect_exit(0)

    def test_a_stop_that_cannot_be_caught(self):
        with started(interactive=True) as terminal:
            before = terminal.screen()
            terminal.signal("STOP")
            terminal.wait_for("Stopped")
            terminal.type("clear; fg")
            terminal.keys("Enter")
            terminal.wait(lambda: terminal.screen() == before, "the picture from before")
            terminal.keys(QUIT)
            terminal.expect_exit(0)

    def test_resized_while_stopped(self):
        with started(interactive=True, columns=100, rows=30) as terminal:
            before = terminal.screen()
            terminal.keys("C-z")
            terminal.wait_for("Stopped")
            terminal.resize(70, 20)
            terminal.type("fg")
            terminal.keys("Enter")
            terminal.wait(lambda: terminal.modes()["alternate_on"] == "1", "the program")
            terminal.resize(100, 30)
            terminal.wait(lambda: terminal.screen() == before, "the picture from before")
            terminal.keys(QUIT)
            terminal.expect_exit(0)


class Living(unittest.TestCase):
    def test_any_size(self):
        with started(columns=100, rows=30) as terminal:
            before = terminal.screen()
            for columns, rows in ((1, 1), (2, 50), (200, 2), (10, 4), (300, 80), (100, 30)):
                terminal.resize(columns, rows)
            terminal.wait(lambda: terminal.screen() == before, "the picture from before")
            terminal.keys(QUIT)
            terminal.expect_exit(0)

    def test_a_paste_is_not_executed(self):
        with started() as terminal:
            # Ctrl-C, Ctrl-Z and Ctrl-D in it must not reach the program as keys, nor the shell as commands.
            terminal.paste("a\x03b\x1ac\x04\n")
            terminal.keys("C-c")
            terminal.expect_exit()

    def test_without_color(self):
        for options in ({"environment": {"NO_COLOR": "1"}}, {"term": "vt100"}, {"term": "xterm-mono"}):
            with self.subTest(str(options)), started(**options) as terminal:
                picture = "\n".join(terminal.screen(colors=True))
                self.assertIsNone(COLOR.search(picture), picture)
                terminal.keys(QUIT)
                terminal.expect_exit(0)

    def test_the_linux_console(self):
        with started(term="linux") as terminal:
            self.assertTrue(any("heed" in line for line in terminal.screen()))
            terminal.keys(QUIT)
            terminal.expect_exit(0)

    def test_without_utf8(self):
        with started(environment={"LANG": "C"}) as terminal:
            self.assertTrue("\n".join(terminal.screen()).isascii(), terminal.screen())
            terminal.keys(QUIT)
            terminal.expect_exit(0)


class Refusing(unittest.TestCase):
    def test_terminals_that_cannot_show_it(self):
        for term, word in (("dumb", "dumb"), ("no-such-terminal", "no-such-terminal"), ("", "TERM")):
            with self.subTest(term), Terminal(EXPLORER, term=term, columns=250) as terminal:
                terminal.expect_exit(1)
                lines = [line for line in terminal.screen() if line]
                self.assertEqual(len(lines), 1, lines)
                self.assertIn(word, lines[0])

    def test_no_terminal(self):
        result = subprocess.run(EXPLORER, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stdout, "")
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        self.assertIn("terminal", result.stderr)


if __name__ == "__main__":
    unittest.main()
