from __future__ import annotations

import os
import time
from collections.abc import Callable
from multiprocessing import active_children

import pytest

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.mapper.pool import Pool


def doubler() -> Callable[[int], int]:
    return lambda number: 2 * number


def slow_first() -> Callable[[int], int]:
    def work(number: int) -> int:
        time.sleep(0.2 if number == 0 else 0.0)
        return number

    return work


def picky() -> Callable[[int], int]:
    def work(number: int) -> int:
        if number == 2:
            raise InputError("not two")
        return number

    return work


def mortal() -> Callable[[int], int]:
    return lambda number: os._exit(number)


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_answers_come_in_the_order_of_the_tasks(jobs: int) -> None:
    with Pool(slow_first, jobs) as pool:
        assert pool.map(range(10)) == list(range(10))
        assert pool.map([]) == []
    with Pool(doubler, jobs) as pool:
        assert pool.map(iter([3, 4])) == [6, 8]


@pytest.mark.parametrize("jobs", [1, 2])
def test_errors_come_through(jobs: int) -> None:
    with Pool(picky, jobs) as pool, pytest.raises(InputError, match="not two"):
        pool.map(range(4))


def test_a_process_that_ends_is_an_error() -> None:
    with Pool(mortal, 2) as pool, pytest.raises(InputError, match="worker process"):
        pool.map([1, 2, 3])


def test_no_process_is_left() -> None:
    before = set(active_children())
    with Pool(doubler, 2):
        assert len(set(active_children()) - before) == 2
    assert not set(active_children()) - before
