"""Write files whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from loas_tl.ground.errors import InputError


def write_all(files: Mapping[Path, str | bytes]) -> None:
    """Write every file to a temporary name beside it, then rename them all; makes folders.

    Raises:
        InputError: where a file cannot be written; none of them is then, and nothing is left.
    """
    staged: list[tuple[Path, Path]] = []
    path = Path()
    try:
        for path, content in files.items():
            target = path.resolve()
            data = content.encode("utf-8") if isinstance(content, str) else content
            if target.exists() and not target.is_file():
                target.write_bytes(data)  # a device or a pipe, which must not be replaced
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            temporary = target.parent / f".{os.getpid()}.{len(staged)}.tmp"
            staged.append((temporary, target))
            with temporary.open("xb") as file:
                file.write(data)
        for temporary, path in staged:
            temporary.replace(path)
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", file=path) from None
    finally:
        for temporary, _ in staged:
            temporary.unlink(missing_ok=True)


def check_writable(paths: Iterable[Path]) -> None:
    """Raise InputError early, before long work, where a file clearly cannot be written.

    Also where two outputs are one file, or one of them would have to be the other's folder.
    """
    checked: list[Path] = []
    for path in paths:
        try:
            target = path.resolve()
            _check(path)
        except OSError as error:
            raise InputError(f"cannot be written ({error.strerror})", file=path) from None
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
