"""What-ifs in a real terminal: a change is made, compared, undone and made again; a row is worked through."""
import re
import unittest

from heed import MODEL, PROGRAM
from terminal import Terminal

SENTENCE = "I see a cat."


def explorer(columns=120, rows=40):
    return Terminal([PROGRAM, "explore", str(MODEL), SENTENCE], columns=columns, rows=rows)


class WhatIf(unittest.TestCase):
    def decoded(self, terminal):
        terminal.wait_for("source tokens read")
        terminal.keys("=", "r")
        terminal.wait_for("ended after")
        terminal.keys("k", "j")
        return terminal.settled()

    def test_a_change_is_compared_undone_and_made_again(self):
        with explorer() as terminal:
            plain = self.decoded(terminal)
            terminal.keys("x")
            terminal.wait_for("what if +L0H0 silenced")
            # The picture's own test: what the token under the cursor lost.
            terminal.wait_for(r"log p −?\d+\.\d\d, now −?\d+\.\d\d, (lost|gained) \d+\.\d\d nat")
            terminal.keys("d")
            terminal.wait_for("difference: weights now less weights before")
            terminal.keys("d")
            terminal.wait_for("the run as it was before")
            terminal.keys("d", "H")
            terminal.wait_for("L0H0 silenced · .* hidden")
            terminal.keys("u")
            terminal.wait_for("hidden", absent=True)
            terminal.keys("u")
            terminal.wait_for("what if", absent=True)
            # The picture before the undo stays until the new decode has ended, however busy the machine is.
            terminal.wait_for(re.search(r" \d+ steps, ended", plain[0]).group())
            again = terminal.settled()
            self.assertEqual(plain[:30], again[:30])
            terminal.keys("C-r")
            terminal.wait_for("what if +L0H0 silenced")
            terminal.keys("q")
            terminal.wait_for("not saved .*y yes")
            terminal.keys("y")
            terminal.expect_exit(0)

    def test_a_token_is_forced_by_name_and_a_target_is_given(self):
        with explorer(80, 24) as terminal:
            self.decoded(terminal)
            terminal.keys(":")
            terminal.type("force 0=la")
            terminal.keys("Enter")
            terminal.wait_for("what if +la forced at step 1")
            terminal.wait_for(r"\*la")
            terminal.keys("f", "f")
            terminal.type("chat")
            terminal.wait_for("force chat")
            terminal.keys("Escape")
            terminal.wait_for("force chat", absent=True)
            terminal.keys("t", "C-u")
            terminal.type("Je vois un chat.")
            terminal.keys("Enter")
            terminal.wait_for("what if +target of .* given")
            terminal.wait_for(r"\*chat")
            terminal.keys(":")
            terminal.type("force 0=nosuchtokenatall")
            terminal.keys("Enter")
            terminal.wait_for("is not one token of the target vocabulary")
            terminal.wait_for("what if +target of .* given")
            terminal.keys("q")
            terminal.wait_for("not saved .*y yes")
            terminal.keys("y")
            terminal.expect_exit(0)

    def test_a_row_is_worked_through_and_follows_the_temperature(self):
        with explorer() as terminal:
            self.decoded(terminal)
            terminal.keys("k", "k", "4")
            terminal.wait_for(r"weight   exp\(")
            screen = "\n".join(terminal.screen())
            found = re.search(r"exp\((−?[\d.]+) − \(?(−?[\d.]+)\)?\) / ([\d.]+) = ([\d.]+) / [\d.]+ = ([\d.]+)", screen)
            self.assertIsNotNone(found, screen)
            total, exponential, weight = (float(found[index]) for index in (3, 4, 5))
            self.assertAlmostEqual(exponential / total, weight, delta=2e-5)
            terminal.keys("<")
            terminal.wait_for("what if +temperature 0.85")
            terminal.wait_for(r"exp\(.* / 0.85")
            terminal.keys("q")
            terminal.wait_for("not saved .*y yes")
            terminal.keys("y")
            terminal.expect_exit(0)

    def test_a_beam_search_from_the_command_line(self):
        with explorer() as terminal:
            self.decoded(terminal)
            terminal.keys(":")
            terminal.type("beam 3 0.6")
            terminal.keys("Enter")
            terminal.wait_for("beam of 3 · length penalty 0.6")
            terminal.wait_for("dropped at step|came to an end")
            terminal.wait_for(r"entropy \d+\.\d\d bit")
            terminal.keys(":")
            terminal.type("beam 9999")
            terminal.keys("Enter")
            terminal.wait_for("a beam of 9999: its width is a number from 1 to 256")
            terminal.keys("q")
            terminal.expect_exit(0)


if __name__ == "__main__":
    unittest.main()
