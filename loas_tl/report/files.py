"""Write files whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from loas_tl.errors import InputError


def write_whole(path: Path, content: str | bytes) -> None:
    """Write to a temporary name beside ``path``, then rename; makes missing folders.

    Raises:
        InputError: where the file cannot be written; nothing is left behind.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    temporary: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
        temporary = None
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", file=path) from None
    finally:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)


def check_writable(path: Path, folder: bool = False) -> None:
    """Raise InputError early, before long work, where ``path`` clearly cannot be written."""
    if folder and path.exists() and not path.is_dir():
        raise InputError("is not a folder; expected one to write to", file=path)
    if not folder and path.is_dir():
        raise InputError("is a folder; expected a file name", file=path)
    for parent in [path, *path.parents] if folder else path.parents:
        if parent.exists():
            if not parent.is_dir():
                raise InputError(f"{parent} is not a folder", file=path)
            if not os.access(parent, os.W_OK):
                raise InputError(f"{parent} may not be written to", file=path)
            return
