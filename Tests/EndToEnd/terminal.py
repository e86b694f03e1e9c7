"""A program in a real terminal: tmux gives it a window of known size, types keys and reads the screen back.

    with Terminal(["heed"], columns=100, rows=30) as terminal:
        terminal.wait_for("Next token")
        terminal.keys("Space", "q")
        terminal.expect_exit(0)

The program runs inside a shell that notes `stty -a` before and after it and its exit status, so that a test can say that
the terminal was left as it was. Needs tmux 3.2 or later and Python's standard library.
"""
import os
import re
import shlex
import shutil
import subprocess
import tempfile
import time
import uuid
from pathlib import Path


class Terminal:
    """One program in one tmux server of its own."""

    def __init__(self, command, columns=80, rows=24, term="xterm-256color", environment=None, interactive=False, timeout=20):
        self.timeout = timeout
        self.server = f"heed-test-{uuid.uuid4().hex[:8]}"
        self.folder = Path(tempfile.mkdtemp(prefix="heed-test-"))
        # Without the question that Swift asks in a terminal after a crash.
        variables = {"LANG": "C.UTF-8", "TERM": term, "COLORTERM": "", "NO_COLOR": "", "SWIFT_BACKTRACE": "interactive=no"}
        # Settings and memories of nobody.
        variables |= {"XDG_CONFIG_HOME": f"{self.folder}/config", "XDG_STATE_HOME": f"{self.folder}/state"}
        variables |= environment or {}
        assignments = " ".join(f"{name}={shlex.quote(value)}" for name, value in variables.items())
        line = f"env -u LC_ALL {assignments} {shlex.join(command)}"
        script = (
            f"cd {shlex.quote(os.getcwd())}\nPS1='prompt> '\nstty -a > {self.folder}/before\n"
            f"finished() {{ status=$?; stty -a > {self.folder}/after; echo $status > {self.folder}/status; }}\n"
        )
        file = self.folder / "shell"
        file.write_text(script if interactive else f"{script}{line}\nfinished\nsleep 1000\n")
        # An interactive shell has job control, for Ctrl-Z and fg.
        shell = f"bash --rcfile {file} -i" if interactive else f"bash {file}"
        self.interactive = interactive
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", str(rows), shell)
        self.tmux("set-option", "-g", "status", "off")
        self.tmux("set-option", "-s", "escape-time", "0")
        self.tmux("resize-window", "-x", str(columns), "-y", str(rows))
        if interactive:
            self.wait_for("prompt>")
            self.type(line)
            self.keys("Enter")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(["tmux", "-L", self.server, "kill-server"], capture_output=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def tmux(self, *arguments):
        result = subprocess.run(["tmux", "-L", self.server, *arguments], capture_output=True, text=True)
        if result.returncode != 0:
            raise AssertionError(f"tmux {arguments[0]}: {result.stderr.strip()}")
        return result.stdout

    # What a person does.

    def keys(self, *names):
        """Presses keys by tmux's names: Enter, Escape, Left, C-c, M-b, F1, x."""
        self.tmux("send-keys", *names)

    def type(self, text):
        """Types a text as it is."""
        self.tmux("send-keys", "-l", "--", text)

    def paste(self, text):
        """Pastes, in brackets where the program asked for them."""
        self.tmux("set-buffer", "--", text)
        self.tmux("paste-buffer", "-p", "-r")

    def raw(self, text):
        """Sends bytes to the program as a terminal would, for example a mouse report."""
        self.tmux("send-keys", "-H", *[f"{byte:02x}" for byte in text.encode()])

    def resize(self, columns, rows):
        self.tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def signal(self, name):
        """Sends a signal to the program, which is the youngest descendant of the shell that runs it."""
        subprocess.run(["kill", f"-{name}", str(self.process())], check=True)

    def process(self):
        parent = int(self.tmux("list-panes", "-F", "#{pane_pid}").split()[0])
        while True:
            children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
            if not children:
                return parent
            parent = int(children[-1])

    # What a person sees.

    def screen(self, colors=False):
        """The rows of the screen, with their SGR escapes if asked for."""
        return self.tmux("capture-pane", "-p", *(["-e"] if colors else [])).rstrip("\n").split("\n")

    def cursor(self):
        """Column, row, and whether the cursor is shown."""
        column, row, shown = self.tmux("display-message", "-p", "#{cursor_x} #{cursor_y} #{cursor_flag}").split()
        return int(column), int(row), shown == "1"

    def modes(self):
        """The state that a program may leave behind in the terminal itself."""
        names = ("alternate_on", "cursor_flag", "mouse_any_flag", "mouse_sgr_flag", "keypad_cursor_flag", "keypad_flag")
        values = self.tmux("display-message", "-p", " ".join(f"#{{{name}}}" for name in names)).split()
        return dict(zip(names, values))

    def wait_for(self, pattern, absent=False):
        """Waits until a regular expression matches somewhere on the screen, or nowhere if `absent`. Returns the rows."""
        return self.wait(lambda: bool(re.search(pattern, "\n".join(self.screen()))) != absent, f"{pattern!r} on the screen")

    def settled(self, quiet=0.4):
        """Waits until the screen has not changed for a while, in seconds, and returns its rows."""
        seen, since = self.screen(), time.monotonic()
        while time.monotonic() - since < quiet:
            time.sleep(0.05)
            now = self.screen()
            if now != seen:
                seen, since = now, time.monotonic()
        return seen

    def wait(self, condition, what):
        """Waits until a condition holds, looking again and again."""
        deadline = time.monotonic() + self.timeout
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"waited {self.timeout} s for {what}; the screen:\n" + "\n".join(self.screen()))
            time.sleep(0.02)
        return self.screen()

    def expect_exit(self, status=None):
        """Waits for the program's end and checks that it left settings and modes as they were. Returns the exit status."""
        if self.interactive:
            shell = int(self.tmux("list-panes", "-F", "#{pane_pid}").split()[0])
            self.wait(lambda: self.process() == shell, "the program's end")
            self.type("finished")
            self.keys("Enter")
        self.wait((self.folder / "status").exists, "the program's end")
        self.wait(lambda: (self.folder / "status").read_text().endswith("\n"), "the exit status")
        found = int((self.folder / "status").read_text())
        before, after = (self.folder / "before").read_text(), (self.folder / "after").read_text()
        # A window that was resized has another size after, rightly.
        rows_and_columns = re.compile(r"rows \d+; columns \d+;")
        assert rows_and_columns.sub("", before) == rows_and_columns.sub("", after), f"settings\n{before}\nbecame\n{after}"
        clean = {"alternate_on": "0", "cursor_flag": "1", "mouse_any_flag": "0", "mouse_sgr_flag": "0",
                 "keypad_cursor_flag": "0", "keypad_flag": "0"}
        self.wait(lambda: self.modes() == clean, f"modes {clean}, not {self.modes()}")
        assert status is None or found == status, f"exit status {found}, not {status}"
        return found
