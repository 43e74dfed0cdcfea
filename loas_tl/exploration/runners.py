"""Where tasks are worked on: processes of this machine, or Dask's workers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol

from loas_tl.exploration.evaluation import Answer, Task, work
from loas_tl.exploration.processes import Processes, WorkerDiedError
from loas_tl.ground.processes import processors


class Runner(Protocol):
    """Works on tasks and gives their answers as they come."""

    def run(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Answer | WorkerDiedError]]:
        """Answers with their tasks; a task is taken when there is room for it."""


def runner_of(scheduler: Any, jobs: int | None) -> AbstractContextManager[Runner]:
    """Processes of this machine, or Dask's workers where a scheduler is given.

    Args:
        scheduler: None, an address, or a ``dask.distributed.Client``.
        jobs: processes of this machine; by default one a core.

    Raises:
        InputError: where the scheduler cannot be reached, or Dask is not installed.
    """
    if scheduler is not None:
        from loas_tl.exploration.distributed import connected

        return connected(scheduler, work)
    return nullcontext(Processes(work, jobs or processors()))
