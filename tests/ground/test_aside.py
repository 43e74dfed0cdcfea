from __future__ import annotations

import os
import time
from multiprocessing import active_children

import pytest

from loas_tl.ground import aside as module
from loas_tl.ground import workers
from loas_tl.ground.aside import aside


def process_of(seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()


@pytest.fixture(params=["beside", "alone"])
def processors(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    # Also beside Dask, whose threads another test may have left here.
    monkeypatch.setattr(module, "start_method", lambda: "fork")
    monkeypatch.setattr(workers, "start_method", lambda: "fork")
    count = 2 if request.param == "beside" else 1
    monkeypatch.setattr(module, "processors", lambda: count)
    return str(request.param)


@pytest.mark.parametrize("count", range(5))
@pytest.mark.usefixtures("processors")
def test_answers_come_in_order(count: int) -> None:
    with aside(lambda number: 10 * number, range(count)) as answers:
        assert answers() == [10 * number for number in range(count)]


def test_another_process_takes_the_first_and_this_one_the_last(processors: str) -> None:
    with aside(process_of, [0.3, 0.0, 0.0]) as answers:
        took = answers()
    assert took[1:] == [os.getpid()] * 2
    assert (took[0] != os.getpid()) is (processors == "beside")


def test_what_was_done_meanwhile_is_not_done_again(processors: str) -> None:
    with aside(process_of, [0.0, 0.0]) as answers:
        time.sleep(0.5)
        took = answers()
    assert (took[0] == os.getpid()) is (processors == "alone")


@pytest.mark.usefixtures("processors")
def test_tasks_of_a_process_that_ends_are_done_here() -> None:
    ours = os.getpid()

    def deadly(number: int) -> int:
        if os.getpid() != ours:
            os._exit(1)
        return 10 * number

    with aside(deadly, range(4)) as answers:
        assert answers() == [0, 10, 20, 30]


@pytest.mark.usefixtures("processors")
def test_what_a_task_raises_is_raised_and_no_process_is_left() -> None:
    def unhappy(number: int) -> int:
        raise ValueError(f"no {number}")

    before = set(active_children())
    with pytest.raises(ValueError, match=r"no [01]"), aside(unhappy, range(2)) as answers:
        answers()
    assert not set(active_children()) - before


@pytest.mark.usefixtures("processors")
def test_nobody_needs_to_ask() -> None:
    before = set(active_children())
    with aside(process_of, [600.0]):
        pass
    assert not set(active_children()) - before
