"""For scripts of this folder that use a library whose name a script here has: `tokenizers.py`.

To be imported first: it takes the folder out of the places where Python looks, so that the library is found. What else is
wanted from a script of this folder is loaded with `script`.
"""

import importlib.util
import os
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
HERE = Path(__file__).resolve().parent
sys.path = [path for path in sys.path if Path(path or ".").resolve() != HERE]


def script(name):
    """The module of another script here."""
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
