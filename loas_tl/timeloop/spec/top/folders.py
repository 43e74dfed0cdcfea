"""Finding files by name, in allowed folders alone."""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from loas_tl.timeloop.spec.top.budget import Budget

MAX_NAME = 1000
_PATTERN = re.compile(r"[*?\[]")


class OutsideError(ValueError):
    """A name leads out of the folders that templates may look into."""


class Folders:
    """The folders that the templates of a specification see, with all below them.

    Args:
        given: the files that were named; their folders are seen.
        include: further folders, searched where nothing else has the file.
        budget: looking around takes from it.
    """

    def __init__(self, given: Iterable[Path], include: Iterable[Path], budget: Budget) -> None:
        self._include = [_real(folder) for folder in include]
        self._roots = [*dict.fromkeys(_real(path).parent for path in given), *self._include]
        self._budget = budget

    def find(self, name: str, folder: Path, more: list[Path]) -> list[Path]:
        """All files and folders of a name, as Accelergy looks for them.

        Args:
            name: relative or absolute; ``*``, ``?`` and ``[..]`` stand for parts of one name.
            folder: of the file that asks.
            more: folders added by ``add_to_path``, searched as well.

        Returns:
            Real paths, each once; empty where there is none.

        Raises:
            OutsideError: the name leads out of the allowed folders.
        """
        found = self._in(name, [folder, *more])
        return found or self._in(name, self._include)

    def inside(self, path: Path) -> bool:
        """Whether a real path lies in the allowed folders."""
        return any(path == root or root in path.parents for root in self._roots)

    def _in(self, name: str, places: list[Path]) -> list[Path]:
        if len(name) > MAX_NAME or "\0" in name:
            raise OutsideError("expected the name of a file")
        if Path(name).is_absolute():
            places = [Path("/")]
        found: dict[Path, None] = {}
        outside = False
        for place in places:
            path = Path(os.path.normpath(place / name))
            fixed = path
            while _PATTERN.search(str(fixed)):
                fixed = fixed.parent
            if not self.inside(_real(fixed)):
                outside = True
                continue
            for match in self._matches(fixed, path.parts[len(fixed.parts) :]):
                real = _real(match)
                if self.inside(real):
                    found[real] = None
                else:
                    outside = True
        if outside and not found:
            raise OutsideError(
                f"{_short(name)} lies outside the folders of the given files; "
                "--include DIR opens more"
            )
        return list(found)

    def _matches(self, path: Path, parts: tuple[str, ...]) -> Iterator[Path]:
        self._budget.step()
        if not parts:
            if path.exists():
                yield path
            return
        pattern, rest = parts[0], parts[1:]
        if not _PATTERN.search(pattern):
            yield from self._matches(path / pattern, rest)
            return
        try:
            names = sorted(entry.name for entry in path.iterdir())
        except OSError:
            return
        hidden = pattern.startswith(".")
        for name in names:
            self._budget.step()
            if fnmatch.fnmatchcase(name, pattern) and (hidden or not name.startswith(".")):
                yield from self._matches(path / name, rest)


def _real(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):  # links in a circle
        raise OutsideError(f"{_short(str(path))} cannot be found") from None


def _short(name: str) -> str:
    return name if len(name) <= 80 else name[:77] + "..."
