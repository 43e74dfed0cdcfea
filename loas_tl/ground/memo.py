"""Answers kept for as long as there is room: what is computed once need not be computed again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

import numpy as np

Answer = TypeVar("Answer")

BESIDE = 200
"""Bytes of an entry beside its arrays."""


class Memo:
    """Answers by key; those not asked for longest are dropped. Not for several threads.

    Args:
        limit: bytes of arrays that are kept at most.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held = 0
        self._answers: OrderedDict[Hashable, tuple[object, int]] = OrderedDict()

    @property
    def held(self) -> int:
        """Bytes that are kept now."""
        return self._held

    def get(self, key: Hashable, make: Callable[[], Answer]) -> Answer:
        """The answer of this key; made where it is not there. It is not to be changed."""
        if key in self._answers:
            self._answers.move_to_end(key)
            return cast(Answer, self._answers[key][0])
        answer = make()
        self.keep(key, answer)
        return answer

    def find(self, key: Hashable) -> Any:
        """The answer of this key, None where it is not there."""
        if key not in self._answers:
            return None
        self._answers.move_to_end(key)
        return self._answers[key][0]

    def keep(self, key: Hashable, answer: object) -> None:
        """Keep an answer, if it is not larger than all that may be kept."""
        size = BESIDE + _bytes(answer)
        if size > self._limit:
            return
        _, before = self._answers.pop(key, (None, 0))
        self._answers[key] = answer, size
        self._held += size - before
        while self._held > self._limit:
            _, (_, gone) = self._answers.popitem(last=False)
            self._held -= gone

    def part(self, name: Hashable) -> Memo:
        """The same answers under keys of their own, so that several users share the room."""
        return _Part(self, name)


class _Part(Memo):
    """Part of a memo: its keys have a name before them."""

    def __init__(self, whole: Memo, name: Hashable) -> None:
        self._whole, self._name = whole, name

    @property
    def held(self) -> int:
        return self._whole.held

    def get(self, key: Hashable, make: Callable[[], Answer]) -> Answer:
        return self._whole.get((self._name, key), make)

    def find(self, key: Hashable) -> Any:
        return self._whole.find((self._name, key))

    def keep(self, key: Hashable, answer: object) -> None:
        self._whole.keep((self._name, key), answer)


def _bytes(answer: Any) -> int:
    """Bytes of the arrays in an answer: an array, a tuple or an object with some."""
    if isinstance(answer, np.ndarray):
        return answer.nbytes
    if isinstance(answer, tuple | list):
        return sum(map(_bytes, answer))
    if isinstance(answer, dict):
        return sum(map(_bytes, answer.values()))
    return sum(map(_bytes, vars(answer).values())) if hasattr(answer, "__dict__") else 0
