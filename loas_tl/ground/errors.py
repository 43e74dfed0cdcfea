"""The one exception a user of loas-tl is meant to see."""

from __future__ import annotations

import re

MOST = 500
"""Characters of a message."""

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")

_ARGUMENTS = {
    "constraint": "constraints",
    "objective": "objectives",
    "set": "settings",
    "workload-set": "workload",
}
"""Python's arguments, where the command's options are called otherwise."""

_ADVICE = {
    "--allow-unpriced": "allow_unpriced=True",
    "--engine native": "the native engine",
    "--jobs": "jobs",
    "--max-mappings": "max_mappings",
    "--max-memory": "loas_tl.ground.memory.allow()",
    "--points N": "points=N",
    "--price": "prices",
    "--sampler random": "sampler='random'",
    "--samples 0": "samples=0",
    "--samples together": "samples='together'",
    "--time-limit": "time_limit",
}
"""What messages say to do, for those who type the command, and for Python callers."""

_ADVISED = re.compile(rf"(?<![\w'\"-])(?:{'|'.join(_ADVICE)})(?![\w-])")


class InputError(ValueError):
    """Something the user gave cannot be used.

    The message is a single line of at most 500 characters that names the file (or option), the key
    in it, what was expected there and, where it helps, what to do. The command line prints it after
    ``loas-tl: error:`` and exits with code 2; Python callers catch it as a ``ValueError``.

    A key that is an option of the command (``--vary pes``) stands in the message as the argument
    that Python callers know it by (``vary pes``), and so do options that it says to give
    (``--samples 0``, ``samples=0``); :meth:`as_typed` has the options.

    >>> import loas_tl
    >>> try:
    ...     loas_tl.design("LoAS", pes=0)
    ... except loas_tl.InputError as error:
    ...     print(error)
    LoAS.pes: is 0; expected a whole number from 1 to 1024 TPPEs (...)
    """

    def __init__(self, problem: str, *, file: object = None, key: str | None = None) -> None:
        self._of_a_file = file is not None
        option = key is not None and key.startswith("--")
        named = _argument(key) if option and key is not None else key
        if len(problem) > MOST - 100:  # who is wrong and what is expected stand at the ends
            problem = shortened(problem, MOST - 100)
        self._typed = _line(file, key, problem)
        super().__init__(_line(file, named, _ADVISED.sub(lambda it: _ADVICE[it[0]], problem)))

    def as_typed(self) -> str:
        """The message for those who typed the command: with the option, not Python's argument."""
        return self._typed

    def add_file(self, file: object, *others: object) -> None:
        """Have the message name the file, where it names none yet.

        Args:
            file: by which people know it.
            others: files that are as good a place, by their own names.
        """
        said = str(self)
        name, *known = (visible(str(each)) for each in (file, *others))
        if not (self._of_a_file or any(each in said for each in (name, *known))):
            self.args = (shortened(f"{name}: {said}", MOST),)
            self._typed = shortened(f"{name}: {self._typed}", MOST)


def _line(file: object, key: str | None, problem: str) -> str:
    """One line whatever the cause said: messages of libraries may span several."""
    where = [str(part) for part in (file, key) if part is not None]
    return shortened(visible(" ".join(": ".join([*where, problem]).splitlines())), MOST)


def visible(text: str) -> str:
    """The text with control characters written out: a terminal obeys them."""
    return _CONTROL.sub(_written_out, text)


def shortened(text: str, most: int) -> str:
    """The text, without its middle where it is longer than ``most`` characters."""
    if len(text) <= most:
        return text
    end = (most - 5) // 2
    return f"{text[: most - 5 - end]} ... {text[len(text) - end :]}"


def _argument(option: str) -> str:
    """``--workload-set timesteps`` as ``workload timesteps``."""
    name, space, rest = option.removeprefix("--").partition(" ")
    return f"{_ARGUMENTS.get(name, name.replace('-', '_'))}{space}{rest}"


def _written_out(found: re.Match[str]) -> str:
    code = ord(found[0])
    return "\\t" if code == 9 else f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
