"""A copy of the working tree, in which the tests run: the tree itself is never touched."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path


def refresh(root: Path, copy: Path) -> None:
    """Makes a copy like the tree: its tracked and its new files, with their times."""
    command = ["git", "ls-files", "-z", "-c", "-o", "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)  # noqa: S603
    names = {name for name in listed.stdout.split("\0") if name and (root / name).is_file()}
    for name in names:
        ours, theirs = copy / name, root / name
        if not ours.exists() or _stamp(ours) != _stamp(theirs):
            ours.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(theirs, ours)
    for path in [*copy.rglob("*")]:
        name = path.relative_to(copy).as_posix()
        if path.is_file() and "__pycache__" not in name and name not in names:
            path.unlink()


def digest(copy: Path, folders: Iterable[str]) -> str:
    """Of all that lies in some folders, or files, of a copy."""
    total = hashlib.sha256()
    for folder in folders:
        path = copy / folder.partition("::")[0]
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            total.update(f"{file.relative_to(copy)}\0".encode() + file.read_bytes())
    return total.hexdigest()


def _stamp(path: Path) -> tuple[int, int]:
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns
