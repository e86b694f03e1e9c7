"""What goes over the line: only what has changed."""
import unittest

from heed import MODEL, PROGRAM
from raw_terminal import RawTerminal


class Bytes(unittest.TestCase):
    def test_only_changed_cells_are_sent(self):
        with RawTerminal([PROGRAM, str(MODEL)], columns=200, rows=60) as terminal:
            whole = terminal.wait_for(b"source tokens read")
            step = terminal.after(b"   ", quiet=3)
            # A key that means nothing changes nothing.
            self.assertEqual(terminal.after(b"\x1b[23~", timeout=2), b"")
            move = terminal.after(b"h", quiet=2)
            again = terminal.after(b"\x0c", quiet=2)
            # The cursor leaves a cell for the next: some cells, the labels, the panel and the status line.
            self.assertGreater(len(move), 0)
            self.assertLess(len(move), len(again) / 4)
            self.assertLess(len(step), len(whole) * 2)
            self.assertNotIn(b"\x1b[2J", move)
            self.assertNotIn(b"\x1b[H\x1b[J", move)
            terminal.after(b"q")
            self.assertEqual(terminal.process.wait(10), 0)


if __name__ == "__main__":
    unittest.main()
