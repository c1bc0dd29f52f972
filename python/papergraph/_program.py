"""Finds the program ``kg``, whose processes read whole papers and evaluate queries."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sysconfig

from ._core import __version__
from ._errors import ArgumentError


@functools.lru_cache(maxsize=None)
def version_of(program: str) -> str | None:
    """The version of the program at a path; ``None`` if it is not ``kg``."""
    try:
        printed = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    name, _, version = printed.strip().partition(" ")
    return version if name == "kg" else None


def checked(program: str | os.PathLike[str]) -> str:
    """The path of a program that the caller names."""
    path = os.path.abspath(os.fspath(program))
    version = version_of(path)
    if version != __version__:
        found = "is not kg" if version is None else f"is kg {version}"
        raise ArgumentError(f"{path} {found}; kg {__version__} is needed, as this module is of that version")
    return path


@functools.lru_cache(maxsize=None)
def find() -> str | None:
    """The program of the same version: the one that the wheel installed, or one on the ``PATH``."""
    name = "kg.exe" if os.name == "nt" else "kg"
    folders = [sysconfig.get_path("scripts"), sysconfig.get_path("scripts", f"{os.name}_user")]
    candidates = [os.path.join(folder, name) for folder in folders if folder] + [shutil.which("kg")]
    for candidate in candidates:
        if candidate and os.path.isfile(candidate) and version_of(candidate) == __version__:
            return os.path.abspath(candidate)
    return None
