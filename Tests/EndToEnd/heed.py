"""What the end-to-end tests share: the program under test, the model it runs on, and damaged copies of that."""
import os
import pathlib
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("HEED", str(ROOT / ".build/debug/heed"))
MODEL = pathlib.Path(os.environ.get("HEED_TEST_MODEL", ROOT / "sample-models/en-fr-bahdanau"))
# Settings and memories of nobody.
_FOLDER = tempfile.TemporaryDirectory(prefix="heed-test-")
NOBODY = _FOLDER.name


def run(*arguments, stdin=b"", environment=None, directory=None):
    """The finished process of `heed ARGUMENTS`, its streams as bytes."""
    return subprocess.run(
        [PROGRAM, *map(str, arguments)], input=stdin, capture_output=True, timeout=120, cwd=directory,
        env={**os.environ, "XDG_CONFIG_HOME": f"{NOBODY}/config", "XDG_STATE_HOME": f"{NOBODY}/state", **(environment or {})})


def copy_of_model(folder):
    """A copy that a test may damage."""
    copy = pathlib.Path(folder) / "model"
    shutil.copytree(MODEL, copy)
    return copy
