"""What filling in the templates of one specification may cost."""

from __future__ import annotations

import time

MAX_SECONDS = 1.0
"""Processor time; a top file of the public designs takes some milliseconds."""
MAX_WAIT = 2.0
"""Seconds by the clock on the wall, on a machine that does other things as well."""
MAX_CHARACTERS = 8 * 2**20
"""Of all text that is made on the way, the final one among it."""
MAX_ITEMS = 100_000
"""Of a list, lists in it counted in full."""
MAX_FILES = 1000
MAX_INCLUDES = 24
"""Files that include one another."""


class BudgetError(ValueError):
    """A template asks for more than it may have; the message says of what."""


class Budget:
    """Counts what is used up.

    Operations that could take long for themselves are bounded one by one, so that looking at the
    clock between them is enough.
    """

    def __init__(self) -> None:
        self._end = time.thread_time() + MAX_SECONDS
        self._latest = time.monotonic() + MAX_WAIT
        self._characters = 0
        self._files = 0

    def step(self, characters: int = 0) -> None:
        """One more step of any kind, and the text that it makes.

        Raises:
            BudgetError: too much.
        """
        self._characters += characters
        if self._characters > MAX_CHARACTERS:
            raise BudgetError(f"makes more than {MAX_CHARACTERS >> 20} million characters of text")
        if time.thread_time() > self._end or time.monotonic() > self._latest:
            raise BudgetError("takes too long to fill in")

    def file(self, depth: int) -> None:
        """One more file to be read, ``depth`` includes below the given one.

        Raises:
            BudgetError: too many, or too deep.
        """
        self._files += 1
        if self._files > MAX_FILES:
            raise BudgetError(f"includes more than {MAX_FILES} files")
        if depth > MAX_INCLUDES:
            raise BudgetError(f"includes nested more than {MAX_INCLUDES} deep")
        self.step()

    def items(self, value: object) -> int:
        """How many values a value holds, itself counted, lists in lists in full.

        Raises:
            BudgetError: more than :data:`MAX_ITEMS`.
        """
        count = 0
        waiting = [value]
        while waiting:
            item = waiting.pop()
            count += 1
            if isinstance(item, dict):
                waiting += item.keys()
                waiting += item.values()
            elif isinstance(item, list | tuple | set | frozenset):
                waiting += item
            if count + len(waiting) > MAX_ITEMS:
                raise BudgetError(f"makes a list of more than {MAX_ITEMS} values")
        self.step()
        return count

    def text(self, value: object) -> int:
        """Characters that a value has when it is written, counted before it is.

        Raises:
            BudgetError: more than there may be.
        """
        count = 0
        waiting = [value]
        while waiting:
            item = waiting.pop()
            if isinstance(item, str):
                count += len(item)
            elif isinstance(item, dict):
                waiting += item.keys()
                waiting += item.values()
            elif isinstance(item, list | tuple | set | frozenset):
                waiting += item
            count += 4
            if count > MAX_CHARACTERS:
                break
        self.step(count)
        return count
