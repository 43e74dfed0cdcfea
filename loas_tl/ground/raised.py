"""What Python and libraries raise, as errors of ours: the one place that puts it into words."""

from __future__ import annotations

import errno
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from loas_tl.ground.errors import InputError

STREAM = "standard output"
"""What an error of a file without a name is of: files of ours have names."""

_IN_WORDS = {
    errno.ENOENT: "is not there",
    errno.ENOTDIR: "is not there: what should be a folder on the way is a file",
    errno.EACCES: "may not be read or written; change its permissions or give another name",
    errno.EPERM: "may not be read or written; change its permissions or give another name",
    errno.ELOOP: "is a symbolic link that leads back to itself; give another name",
    errno.ENAMETOOLONG: "is too long a name for a file; give a shorter one",
    errno.EBADF: "is closed",
    errno.EMFILE: "cannot be opened: too many files are open",
}
_OF_WRITING = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
_MEMORY = "needs more memory than there is; expected something smaller, or fewer processes (--jobs)"


def as_input_error(
    error: BaseException,
    *,
    file: object = None,
    key: str | None = None,
    expected: str = "",
    doing: Literal["read", "written"] = "read",
) -> InputError:
    """The error in one line.

    Args:
        error: that was raised.
        file: what was read or written; an error that names its own keeps that.
        key: what of it.
        expected: what should have been there.
        doing: what failed.
    """
    if isinstance(error, InputError):
        return error
    more = f"; expected {expected}" if expected else ""
    if isinstance(error, OSError):
        at = error.filename if file is None else file
        number = error.errno or 0
        done = "written" if number in _OF_WRITING else doing
        problem = _IN_WORDS.get(number) or f"cannot be {done} ({error.strerror or error})"
        return InputError(problem + more, file=STREAM if at is None else at, key=key)
    if isinstance(error, MemoryError):
        return InputError(_MEMORY + more, file=file, key=key)
    if isinstance(error, RecursionError):
        return InputError(f"is nested too deeply{more}", file=file, key=key)
    if isinstance(error, UnicodeError):
        return InputError(f"is no UTF-8 text{more}", file=file, key=key)
    if isinstance(error, zipfile.BadZipFile | EOFError | NotImplementedError):
        return InputError(f"is damaged, or no .npz file{more}", file=file, key=key)
    # Python's own words are about Python; a library's may help.
    said = "" if type(error).__module__ == "builtins" else " ".join(str(error).split())
    if said and not isinstance(error, ValueError | TypeError):
        return InputError(f"cannot be read ({said}){more}", file=file, key=key)
    return InputError(f"cannot be read{more}", file=file, key=key)


@contextmanager
def of_file(file: object, *others: object) -> Iterator[None]:
    """Errors of ours that are raised in the block name the file, or one of the others."""
    try:
        yield
    except InputError as error:
        error.add_file(file, *others)
        raise


@contextmanager
def reading(file: object, expected: str, *, key: str | None = None) -> Iterator[None]:
    """Whatever is raised in the block, as an :class:`InputError` of the file.

    For blocks that do nothing but have a library read what anyone may have made: parsers raise
    nearly anything there.
    """
    try:
        yield
    except InputError:
        raise
    except Exception as error:
        raise as_input_error(error, file=file, key=key, expected=expected) from None
