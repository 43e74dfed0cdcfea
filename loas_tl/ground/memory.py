"""How much memory tensors may take, said before they are made."""

from __future__ import annotations

from loas_tl.ground.errors import InputError

CEILING = 8 * 10**9
"""Bytes of the tensors of one layer, or of one file, unless more is allowed."""


class _Allowed:
    """Of this process: memory is the process's, so that one number holds for all of it."""

    bytes = CEILING


def allow(most: float) -> None:
    """Let tensors take so many bytes from here on.

    Args:
        most: bytes.

    Raises:
        InputError: it is no size.
    """
    if not 0 < most < 2**63:
        raise InputError(f"max memory is {most:g} bytes; expected more than 0")
    _Allowed.bytes = int(most)


def allowed() -> int:
    """Bytes that tensors may take."""
    return _Allowed.bytes


def require(needed: int, what: str, *, file: object = None, key: str | None = None) -> None:
    """Refuse tensors that take more than there may be.

    Args:
        needed: bytes.
        what: takes them, such as "its tensors".
        file: of them.
        key: of them.

    Raises:
        InputError: they take more than :func:`allowed`.
    """
    if needed > _Allowed.bytes:
        raise InputError(
            f"{what} would take {needed / 1e9:,.3g} GB; expected at most "
            f"{_Allowed.bytes / 1e9:g} GB (--max-memory allows more)",
            file=file,
            key=key,
        )
