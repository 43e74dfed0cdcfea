"""What of Timeloop is installed here, and what is missing."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass

from loas_tl.timeloop.errors import MissingEngineError

FRONT_ENDS = ("timeloopfe.v4", "pytimeloop.timeloopfe.v4")
"""The Python front end under its two names; it moved into pytimeloop."""


@dataclass(frozen=True)
class Part:
    """One part of the tool chain.

    Attributes:
        name: of the module or program.
        found: where it is, or None.
        version: what it says of itself, or None where it says nothing.
        about: what it is for.
        advice: how its own documentation says to get it.
        command: that gets it.
    """

    name: str
    found: str | None
    version: str | None
    about: str
    advice: str
    command: str


def front_end() -> str | None:
    """The module name of the front end, None where there is none."""
    return next((name for name in FRONT_ENDS if _importable(name)), None)


def _importable(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False  # its package is missing, or broken


def parts(*, versions: bool = True) -> list[Part]:
    """The parts of the tool chain, found or not.

    Args:
        versions: whether to ask them, which takes runs.
    """
    module = front_end()
    distribution = module.split(".")[0] if module else FRONT_ENDS[0].split(".")[0]
    spec = importlib.util.find_spec(distribution) if module else None
    return [
        Part(
            "timeloopfe",
            str(spec.origin) if spec is not None else None,
            _distribution_version(distribution),
            "turns v4 specs into what Timeloop reads",
            "it goes into this Python; newer ones come with pytimeloop "
            "(Accelergy-Project/timeloop-python)",
            _pip("timeloopfe"),
        ),
        _program("timeloop-model", "evaluates a mapping", _TIMELOOP, _image(), version=False),
        _program("timeloop-mapper", "searches mappings", _TIMELOOP, _image(), version=False),
        _program(
            "accelergy",
            "prices the components",
            "its plug-ins for CACTI and Aladdin are repositories of their own there",
            _pip("accelergy"),
            version=versions,
        ),
    ]


def _pip(repository: str) -> str:
    return f"{sys.executable} -m pip install git+https://github.com/Accelergy-Project/{repository}"


def _image() -> str:
    arm = platform.machine().lower() in ("aarch64", "arm64")
    return (
        'docker run --rm -it -v "$PWD":/work -w /work timeloopaccelergy/'
        f"timeloop-accelergy-pytorch:latest-{'arm64' if arm else 'amd64'} bash"
    )


_TIMELOOP = (
    "it is in a container image, where loas-tl can be installed beside it; to build it, follow the "
    "installation page of the Timeloop documentation (NVlabs/timeloop)"
)


_TIMELOOP_RUN = ("Timeloop", "--engine native")
_WITHOUT = {
    "timeloop-model": _TIMELOOP_RUN,
    "timeloop-mapper": _TIMELOOP_RUN,
    "accelergy": ("Accelergy", "--prices models"),
}
"""What is run by each program, and what does without."""

_NEEDED = {
    "timeloop-model": ("timeloopfe", "timeloop-model", "accelergy"),
    "timeloop-mapper": ("timeloopfe", "timeloop-mapper", "accelergy"),
    "accelergy": ("timeloopfe", "accelergy"),
}


def missing(program: str = "timeloop-model") -> list[Part]:
    """What a run of a program lacks; what it does not need does not matter."""
    return [
        part
        for part in parts(versions=False)
        if part.found is None and part.name in _NEEDED[program]
    ]


def require(program: str) -> None:
    """Raise MissingEngineError unless a program can be run."""
    lacking = missing(program)
    if lacking:
        names = ", ".join(part.name for part in lacking)
        raise MissingEngineError(
            f"{_WITHOUT[program][0]} cannot run: {names} not found; `loas-tl doctor` says how to "
            f"get it, and `{_WITHOUT[program][1]}` needs none of it"
        )


def _program(name: str, about: str, advice: str, command: str, *, version: bool) -> Part:
    path = shutil.which(name)
    said = _said_version(path) if path and version else None
    return Part(name, path, said, about, advice, command)


def _said_version(path: str) -> str | None:
    """What ``PROGRAM --version`` prints, if it is a single line."""
    try:
        said = subprocess.run(  # noqa: S603 - a program found on PATH, without a shell
            [path, "--version"], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = said.stdout.strip().splitlines()
    return lines[0] if said.returncode == 0 and len(lines) == 1 else None


def _distribution_version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
