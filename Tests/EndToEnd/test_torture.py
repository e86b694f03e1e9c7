"""Random keys, pastes, clicks and resizes, the same for the same seed, through the whole program on real models.

Nothing traps and nothing hangs, what must hold holds after every event (`heed replay` says so if it does not), every screen
can be drawn, and memory stays level. HEED_TORTURE sets how many events there are; 100000 take minutes in a release build.
"""
import os
import random
import subprocess
import tempfile
import threading
import unittest

from heed import PROGRAM, ROOT

EVENTS = int(os.environ.get("HEED_TORTURE", "900"))
# A process has so many; then the next one begins anew, as `q` may have ended this one.
CHUNK = 500
MODELS = ["en-fr-bahdanau", "en-fr-transformer", "en-fr-no-attention"]
KEYS = (
    list("hjklhjkljjllrr 1234561235sszZmA[]{}[]{}OvSw.PBanN,;*0$G+_-=cduUDxXHetf<>/:io?R()&b%#")
    + ["gg", "<Enter>", "<Enter>", "<Esc>", "<Esc>", "<Tab>", "<Tab>", "<Backspace>", "<Up>", "<Down>", "<Left>", "<Right>",
       "<PageUp>", "<PageDown>", "<Home>", "<End>", "<Ctrl-r>", "<Ctrl-d>", "<Ctrl-u>", "<Ctrl-l>", "<Ctrl-w>", "<Ctrl-k>",
       "<Space>", "<Space>", "<Delete>", "<F1>", "<Alt-f>", "<Shift-Tab>", "<<>", "é", "漢", "👍🏽", "ß"])
# Lines that are typed whole, which keys at random would never spell.
LINES = [
    ":force 0=la<Enter>", ":silence L0H0<Enter>", ":hide 1<Enter>", ":set-row L0H0:0=uniform<Enter>", ":temperature 0.5<Enter>",
    ":beam 3<Enter>", ":compare en-fr-luong<Enter>", ":compare-sentence I see a dog.<Enter>", ":target Je vois un chat .<Enter>",
    ":head L1H1<Enter>", ":go-to-step 2<Enter>", ":sentence She is here.<Enter>", ":palette magma<Enter>", ":export a.csv<Enter>",
    ":save a.yaml<Enter>", ":no-such-command<Enter>", "iThe cat is green .<Enter>", "/a<Enter>n", "feau<Tab><Enter>"]
PASTES = ["", "un deux trois", "long " * 60, "漢字かな交じり文", "שלום עולם", "👩‍👩‍👧‍👦👩‍👩‍👧‍👦", "e\u0301\u0301\u0301", "a\tb\x1b[31m"]


def script(seed, count):
    """So many events, a line each."""
    chance = random.Random(seed)
    lines = []
    for _ in range(count):
        kind = chance.random()
        if kind < 0.84:
            lines.append(chance.choice(KEYS))
        elif kind < 0.88:
            lines.append(chance.choice(LINES))
        elif kind < 0.91:
            lines.append(":paste " + chance.choice(PASTES))
        elif kind < 0.95:
            large = chance.random() < 0.5
            lines.append(f":resize {chance.randint(1, 200 if large else 90)}x{chance.randint(1, 60 if large else 30)}")
        elif kind < 0.998:
            lines.append(f":click {chance.randint(0, 200)},{chance.randint(0, 60)}")
        else:
            lines.append("q")
        if chance.random() < 0.1:
            lines.append(":screen")
    # A blank line's end is no key, and a # alone would be a comment.
    return "\n".join({" ": "<Space>", "#": "<#>"}.get(line, line) for line in lines) + "\n"


class Torture(unittest.TestCase):
    def replay(self, model, text, folder):
        """Runs a script; the most memory that it took, in MiB."""
        environment = {**os.environ, "XDG_CONFIG_HOME": f"{folder}/config", "XDG_STATE_HOME": f"{folder}/state", "HOME": folder}
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(
                [PROGRAM, "replay", str(ROOT / "sample-models" / model), "--script", "-", "--max-length", "12"],
                stdin=subprocess.PIPE, stdout=output, stderr=errors, cwd=folder, env=environment)
            watch = threading.Timer(600, process.kill)
            watch.start()
            process.stdin.write(text.encode())
            process.stdin.close()
            _, status, usage = os.wait4(process.pid, 0)
            watch.cancel()
            process.returncode = os.waitstatus_to_exitcode(status)
            errors.seek(0)
            said = errors.read().decode(errors="replace")
            self.assertEqual(process.returncode, 0, f"{model}: {said[-2000:]}")
            output.seek(0)
            self.assertTrue(output.read())
        return usage.ru_maxrss // 1024

    def test_random_events_do_no_harm(self):
        with tempfile.TemporaryDirectory() as folder:
            for number in range(max(len(MODELS), EVENTS // CHUNK)):
                count = min(CHUNK, max(1, EVENTS // len(MODELS)))
                with self.subTest(seed=number):
                    self.replay(MODELS[number % len(MODELS)], script(number, count), folder)

    def test_memory_stays_level(self):
        """Twice as many events take hardly more memory, once as many models stand open as can; without q, so that none ends."""
        count = max(300, EVENTS // 6)
        with tempfile.TemporaryDirectory() as folder:
            few, many = (
                self.replay("en-fr-transformer", script(2026, times * count).replace("\nq\n", "\n"), folder) for times in (1, 2))
            self.assertLess(many, 1.5 * few + 100, f"{few} MiB after {count} events, {many} after twice as many")


if __name__ == "__main__":
    unittest.main()
