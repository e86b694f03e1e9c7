"""A program on a bare pseudo-terminal, for what tmux hides: the bytes that the program sends.

    with RawTerminal([PROGRAM], columns=100, rows=30) as terminal:
        terminal.read()
        sent = terminal.after(b"l")
"""
import fcntl
import os
import select
import struct
import subprocess
import termios
import time


class RawTerminal:
    def __init__(self, command, columns=80, rows=24, environment=None):
        self.main, side = os.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        variables = {**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8", "COLORTERM": "", "NO_COLOR": ""}
        variables |= environment or {}
        variables.pop("LC_ALL", None)
        self.process = subprocess.Popen(
            command, stdin=side, stdout=side, stderr=side, env=variables, start_new_session=True)
        os.close(side)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        os.close(self.main)

    def read(self, quiet=0.6, timeout=30):
        """What the program sends until it is silent for a while, in seconds."""
        sent, deadline = b"", time.monotonic() + timeout
        while time.monotonic() < deadline:
            if not select.select([self.main], [], [], quiet if sent else timeout)[0]:
                break
            try:
                piece = os.read(self.main, 65536)
            except OSError:
                break
            if not piece:
                break
            sent += piece
        return sent

    def after(self, keys, quiet=0.6, timeout=5):
        """What the program sends for some keys."""
        os.write(self.main, keys)
        return self.read(quiet, timeout)

    def wait_for(self, text, timeout=30):
        """Reads until a text has been sent; returns all that was."""
        sent, deadline = b"", time.monotonic() + timeout
        while text not in sent:
            if time.monotonic() > deadline:
                raise AssertionError(f"waited {timeout} s for {text!r}; {len(sent)} bytes came")
            if select.select([self.main], [], [], 0.1)[0]:
                sent += os.read(self.main, 65536)
        return sent + self.read(timeout=2)
