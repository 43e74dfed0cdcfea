"""The one exception a user of loas-tl is meant to see."""

from __future__ import annotations


class InputError(ValueError):
    """Something the user gave cannot be used.

    The message is a single line that names the file (or option), the key in it, what was
    expected there and, where it helps, what to do. The command line prints it after
    ``loas-tl: error:`` and exits with code 2; Python callers catch it as a ``ValueError``.
    """

    def __init__(self, problem: str, *, file: object = None, key: str | None = None) -> None:
        where = [str(part) for part in (file, key) if part is not None]
        # One line whatever the cause said: library messages may span several.
        super().__init__(" ".join(": ".join([*where, problem]).splitlines()))
