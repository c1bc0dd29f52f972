"""The common part of the checks with other programs: paths, `kg`, and the count of passed checks.

Each of them is called as NAME.py KG ROOT WORK …, and writes into WORK how many of its checks held.
"""
import os
import pathlib
import subprocess
import sys

kg, root, work = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
_passed = 0


def ok(what):
    global _passed
    _passed += 1
    print(f"ok   {what}")


def run(*arguments, store=None):
    """What `kg` prints; without a store, that of the environment."""
    environment = {**os.environ, **({"KG_STORE": str(store)} if store else {})}
    return subprocess.run([kg, *arguments], check=True, capture_output=True, text=True, env=environment).stdout


def finish(name):
    (work / name).write_text(str(_passed))
