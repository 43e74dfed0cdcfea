"""Write files whole or not at all."""

from __future__ import annotations

import errno
import os
import re
import socket
import stat
import zlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from loas_tl.ground.errors import InputError
from loas_tl.ground.interruptions import uninterrupted
from loas_tl.ground.raised import as_input_error

_YAML = (".yaml", ".yml")

_STAGED = ".loas-tl.{host}.{process}.{number}.tmp"
_STAGED_BY = re.compile(r"\.loas-tl\.(?P<host>[0-9a-f]{8})\.(?P<process>\d+)\.\d+\.(tmp|old)\Z")


def write_all(files: Mapping[Path, str | bytes]) -> None:
    """Write every file to a temporary name beside it, then rename them all; makes folders.

    Raises:
        InputError: where a file cannot be written; all are as they were then, and nothing is left.
    """
    staged: list[tuple[Path, Path]] = []
    devices: list[tuple[Path, bytes]] = []
    made: list[Path] = []
    path = Path()
    try:
        with uninterrupted():
            for path, content in files.items():
                target = real_path(path)
                data = _encoded(content)
                if target.exists() and not target.is_file():
                    devices.append((target, data))  # or a pipe, which must not be replaced
                    continue
                made += _make_folder(target.parent)
                temporary = target.parent / _name(len(staged))
                staged.append((temporary, target))
                with temporary.open("xb") as file:
                    file.write(data)
        for path, data in devices:  # somebody else may never read them
            path.write_bytes(data)
        with uninterrupted():
            _rename(staged)
            made.clear()
    except OSError as error:
        raise as_input_error(error, file=path, doing="written") from None
    finally:
        with uninterrupted():
            _tidy(staged, made)


def _tidy(staged: list[tuple[Path, Path]], made: list[Path]) -> None:
    """Leave nothing but what was asked for."""
    for temporary, _ in staged:
        temporary.unlink(missing_ok=True)
    for folder in reversed(made):
        with suppress(OSError):  # somebody else has put something into it
            folder.rmdir()
    for parent in {target.parent for _, target in staged}:
        _sweep(parent)


def _encoded(content: str | bytes) -> bytes:
    """The bytes of a text; a name of a file that is no UTF-8 is written out in it."""
    return content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content


def _rename(staged: list[tuple[Path, Path]]) -> None:
    """All names get their new files, or keep their old ones."""
    kept: list[tuple[Path, Path]] = []
    new: list[Path] = []
    try:
        for temporary, target in staged:
            if len(staged) > 1 and target.exists():
                old = temporary.with_suffix(".old")
                with suppress(OSError):  # a file system without links
                    os.link(target, old)
                    kept.append((old, target))
            existed = target.exists()
            temporary.replace(target)
            if not existed:
                new.append(target)
    except OSError:
        for old, target in kept:
            old.replace(target)
        for target in new:
            target.unlink(missing_ok=True)
        raise
    finally:
        for old, _ in kept:
            old.unlink(missing_ok=True)


def _name(number: int) -> str:
    return _STAGED.format(host=_host(), process=os.getpid(), number=number)


def _host() -> str:
    return f"{zlib.crc32(socket.gethostname().encode()):08x}"


def _sweep(folder: Path) -> None:
    """Take away what processes of this machine left that were ended in the middle of writing."""
    with suppress(OSError):
        for entry in os.scandir(folder):
            found = _STAGED_BY.match(entry.name)
            if found and found["host"] == _host() and not _lives(int(found["process"])):
                Path(entry.path).unlink(missing_ok=True)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        pass
    return True


def _make_folder(folder: Path) -> list[Path]:
    """Make a folder and those above it; those that were not there, the topmost first."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()][::-1]
    folder.mkdir(parents=True, exist_ok=True)
    return missing


def stem(path: Path) -> str:
    """The name of a file without its suffix, as text; bytes that are no UTF-8 are written out."""
    return _encoded(path.stem).decode()


def real_path(path: Path) -> Path:
    """Where a name leads, through symbolic links.

    Raises:
        OSError: a link leads back to itself.
    """
    target = os.path.realpath(path)
    try:
        loops = stat.S_ISLNK(os.lstat(target).st_mode)
    except OSError as error:
        loops = error.errno == errno.ELOOP  # on the way there
    if loops:
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
    return Path(target)


def check_writable(paths: Iterable[Path], inputs: Iterable[Path] = ()) -> None:
    """Raise InputError early, before long work, where a file clearly cannot be written.

    Also where two outputs are one file, or one of them would have to be the other's folder.

    Args:
        paths: to be written.
        inputs: files and folders that are read. No output may be one of them, and no YAML file may
            be added to a folder.
    """
    read = {os.path.realpath(path): path for path in inputs}
    checked: list[Path] = []
    for path in paths:
        try:
            target = real_path(path)
            _check(path)
        except OSError as error:
            raise as_input_error(error, file=path, doing="written") from None
        # A folder of YAML files is read as it is found: nothing may be added to it.
        within = target.parents if target.suffix in _YAML else ()
        for each in map(str, (target, *within)):
            if each in read:
                raise InputError(
                    f"is an output, and {read[each]} is an input; give another name", file=path
                )
        for other in checked:
            if target == other or target in other.parents or other in target.parents:
                raise InputError("is in the way of another output; give another name", file=path)
        checked.append(target)


def _check(path: Path) -> None:
    if path.is_dir():
        raise InputError("is a folder; expected a file name", file=path)
    for parent in path.absolute().parents:
        if parent.exists():
            if not parent.is_dir():
                raise InputError(f"{parent} is not a folder; expected one", file=path)
            if not os.access(parent, os.W_OK):
                raise InputError(f"{parent} may not be written to", file=path)
            return
