"""HDF5 files that anyone may have made: in a process apart, which is ended where it goes on.

HDF5's library is C, believes much of what files say, and on some that are damaged never ends; no
signal handler of Python's gets a word in. So a process of its own reads, with a limit of processor
time, after it has looked at what would be read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loas_tl.ground.errors import InputError
from loas_tl.ground.memory import allowed, require
from loas_tl.ground.raised import reading
from loas_tl.ground.workers import WorkerEndedError, Workers

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS = 5
"""Of a processor, for a small file."""
BYTES_A_SECOND = 20_000_000
"""Of unpacked arrays; larger files may take longer."""
MOST_NAMES = 100_000
"""Groups and arrays of a file."""
DEEPEST = 16
"""Groups in groups."""
LONGEST = 200
"""Characters of a name."""
MOST_TEXTS = 1_000_000
"""Texts of one array, which are as long as they are."""


def read_tree(path: Path, root: str, expected: str) -> dict[str, Any]:
    """What a group of an HDF5 file holds.

    Args:
        path: of the file.
        root: the group's name.
        expected: of the file, for messages.

    Returns:
        By name arrays, texts (``str``) and, of groups, the same again.

    Raises:
        InputError: the file is damaged, links to elsewhere or in circles, or holds more than may
            be; or it is not read within 5 s of processor time, and a second for each 20 MB.
    """
    readers: Workers[tuple[Path, str, str, int], dict[str, Any]] = Workers(_reader)
    try:
        readers.start()
        readers.send(0, (path, root, expected, allowed()))
        return readers.answer(0)
    except WorkerEndedError:
        raise InputError(
            f"is damaged: reading it crashes HDF5's library, or takes it more than {SECONDS} s; "
            f"expected {expected}",
            file=path,
        ) from None
    finally:
        readers.end()


def _reader() -> Callable[[tuple[Path, str, str, int]], dict[str, Any]]:
    return _read


def _read(asked: tuple[Path, str, str, int]) -> dict[str, Any]:
    """In the process apart."""
    import h5py

    from loas_tl.ground import memory

    path, root, expected, most = asked
    memory.allow(most)
    _end_after(SECONDS)
    with reading(path, expected), _opened(h5py, path, expected) as file:
        group = file.get(root, getlink=True)
        if group is None:
            raise InputError(f"holds no {root!r}; expected {expected}", file=path)
        looked = _Look(path, expected)
        looked.at(file, root, 0)
        _end_after(SECONDS + looked.bytes // BYTES_A_SECOND)
        found = _tree(file[root])
        if not isinstance(found, dict):
            raise InputError(f"is no group; expected {expected}", file=path, key=root)
        return found


def _opened(h5py: Any, path: Path, expected: str) -> Any:
    try:
        return h5py.File(path, "r", locking=False)
    except Exception:  # nearly anything, in words about addresses
        raise InputError(f"cannot be read; expected {expected}", file=path) from None


def _end_after(seconds: int) -> None:
    """Have the kernel end this process after so much processor time."""
    try:
        import resource
    except ImportError:  # not on Windows
        return
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, hard))


@dataclass(eq=False)
class _Look:
    """Looks at what a file says of itself, and reads no values.

    Attributes:
        path: of the file.
        expected: of it.
        bytes: of all arrays.
        seen: groups, by where they stand in the file.
        names: so many.
    """

    path: Path
    expected: str
    bytes: int = 0
    names: int = 0
    seen: set[Any] = field(default_factory=set)

    def at(self, group: Any, name: str, depth: int) -> None:
        """A member of a group, and all that it holds; raises InputError."""
        import h5py

        self.names += 1
        if self.names > MOST_NAMES:
            self._refuse(f"holds more than {MOST_NAMES:,} groups and arrays", None)
        key = f"{group.name.rstrip('/')}/{name}".removeprefix("/")
        if len(name) > LONGEST or not name.isprintable():
            self._refuse(f"has a name that is not up to {LONGEST} characters of text", key)
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            self._refuse("is a link to elsewhere, which is not followed", key)
        with reading(self.path, self.expected, key=key):
            member = group[name]
        if isinstance(member, h5py.Group):
            where = h5py.h5o.get_info(member.id)
            place = (where.fileno, where.addr)
            if place in self.seen or depth > DEEPEST:
                self._refuse(f"leads back to itself, or is more than {DEEPEST} groups deep", key)
            self.seen.add(place)
            for inner in member:
                self.at(member, inner, depth + 1)
        elif isinstance(member, h5py.Dataset):
            self._array(member, key)
        else:
            self._refuse("is neither a group nor an array", key)

    def _array(self, array: Any, key: str) -> None:
        import h5py

        if array.external or array.is_virtual:
            self._refuse("is kept in another file, which is not read", key)
        texts = h5py.check_string_dtype(array.dtype)
        if texts is None and array.dtype.kind not in "biuf":
            self._refuse(f"holds neither numbers nor texts but {str(array.dtype)[:60]}", key)
        if array.shape is None:
            self._refuse("is empty", key)
        if texts is not None and array.size > MOST_TEXTS:
            self._refuse(f"holds more than {MOST_TEXTS:,} texts", key)
        size = array.dtype.itemsize
        chunk = prod(array.chunks or (0,)) * size  # of which one is unpacked at a time
        self.bytes += array.size * size
        require(max(self.bytes, chunk), "its arrays", file=self.path, key=key)

    def _refuse(self, problem: str, key: str | None) -> None:
        raise InputError(f"{problem}; expected {self.expected}", file=self.path, key=key)


def _tree(member: Any) -> Any:
    """Values, texts as ``str``."""
    import h5py

    if isinstance(member, h5py.Group):
        return {name: _tree(member[name]) for name in member}
    if h5py.check_string_dtype(member.dtype) is not None:
        member = member.asstr()
    return member[()]
