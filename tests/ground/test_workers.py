from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import active_children

import pytest

from loas_tl.ground.workers import WorkerEndedError, Workers


def doubler() -> Callable[[int], int]:
    """Doubles; ends its process at 13, and is unhappy below 0."""

    def work(number: int) -> int:
        if number == 13:
            os._exit(1)
        if number < 0:
            raise ValueError(f"{number} is too little")
        return 2 * number

    return work


@contextmanager
def two() -> Iterator[Workers[int, int]]:
    workers = Workers(doubler)
    try:
        workers.start()
        workers.start()
        yield workers
    finally:
        workers.end()


def test_each_answers_what_it_was_asked() -> None:
    with two() as workers:
        workers.send(0, 3)
        workers.send(1, 5)
        assert (workers.answer(1), workers.answer(0)) == (10, 6)


def test_those_that_have_answered_are_told() -> None:
    with two() as workers:
        assert workers.answered([0, 1], seconds=0.05) == []
        workers.send(1, 5)
        assert workers.answered([0, 1], seconds=60) == [1]


def test_what_a_task_raises_is_raised_here_and_the_worker_goes_on() -> None:
    with two() as workers:
        workers.send(0, -1)
        with pytest.raises(ValueError, match="-1 is too little"):
            workers.answer(0)
        workers.send(0, 4)
        assert workers.answer(0) == 8


def test_one_that_has_ended_says_so_and_is_replaced() -> None:
    with two() as workers:
        workers.send(1, 5)
        workers.send(0, 13)
        with pytest.raises(WorkerEndedError):
            workers.answer(0)
        with pytest.raises(WorkerEndedError):
            workers.send(0, 4)
        workers.replace(0)
        workers.send(0, 4)
        assert (workers.answer(0), workers.answer(1)) == (8, 10)
        assert len(workers) == 2


def test_none_is_left() -> None:
    before = set(active_children())
    with two() as workers:
        workers.send(0, 1)
        assert len(set(active_children()) - before) == 2
    assert not set(active_children()) - before
