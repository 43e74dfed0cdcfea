"""Dask's workers: the same points, and none lost when a worker is killed."""

from __future__ import annotations

import importlib.util
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from loas_tl import InputError, explore
from loas_tl.exploration import distributed
from loas_tl.exploration.batch import State
from loas_tl.exploration.evaluation import AT_ONCE
from loas_tl.ground.processes import start_method
from tests.exploration.spaces import figures, small

VARY = {"pes": [4, 8, 16], "cache_KiB": [64, 128, 256], "laggy_adders": [4, 8]}

dask = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None, reason="Dask is not installed (.[dask])"
)


@pytest.fixture
def cluster() -> Iterator[Any]:
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as made:
        yield made


@dask
@pytest.mark.dask
def test_points_are_the_same_and_none_is_lost_with_a_worker(
    cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from distributed import Client

    monkeypatch.setitem(AT_ONCE, "detailed", 1)
    network = small(layers=4)
    expected = figures(explore("LoAS", network, vary=VARY, model="detailed", jobs=1))
    by_address = explore(
        "LoAS", network, vary=VARY, model="detailed", scheduler=cluster.scheduler_address
    )
    assert figures(by_address) == expected

    killed: list[int] = []
    with Client(cluster) as client:
        workers = list(client.run(os.getpid).values())

        def kill(state: State) -> None:
            if state.share > 0.2 and not killed:
                killed.append(workers[0])
                os.kill(workers[0], signal.SIGKILL)

        space = explore(
            "LoAS", network, vary=VARY, model="detailed", scheduler=client, progress=kill
        )
    assert killed
    assert figures(space) == expected


@dask
@pytest.mark.dask
def test_a_scheduler_that_goes_in_mid_run_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from distributed import Client

    monkeypatch.setitem(AT_ONCE, "published", 1)
    with Client(processes=False, n_workers=1, dashboard_address=None) as client:

        def lose(state: State) -> None:
            if state.share > 0.2:
                client.close()

        with pytest.raises(InputError, match="scheduler: the scheduler has gone"):
            explore("LoAS", small(), vary=VARY, scheduler=client, progress=lose)


@dask
@pytest.mark.dask
def test_a_scheduler_without_workers_is_said(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from distributed import Client, LocalCluster

    monkeypatch.setattr(distributed, "ALONE_S", 0.2)
    with (
        LocalCluster(processes=False, n_workers=0, dashboard_address=":0") as cluster,
        Client(cluster) as client,
    ):
        coming = threading.Thread(target=cluster.scale, args=(1,))
        monkeypatch.setattr(caplog.handler, "emit", lambda record: come(record))

        def come(record: logging.LogRecord) -> None:
            caplog.handler.records.append(record)
            if record.name == distributed.__name__:
                coming.start()

        explore("LoAS", small(), vary={"pes": [4, 8]}, scheduler=client)
        coming.join()
    said = [record.getMessage() for record in caplog.records if record.name == distributed.__name__]
    assert said == ["--scheduler: has no workers; waiting for some to come"]


def test_beside_dask_processes_are_spawned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", object())
    over = threading.Event()
    thread = threading.Thread(target=over.wait)
    thread.start()
    try:
        assert start_method() == "spawn"
        vary = {"pes": [4, 8]}
        spawned = figures(explore("LoAS", small(), vary=vary, jobs=2))
        assert spawned == figures(explore("LoAS", small(), vary=vary, jobs=1))
    finally:
        over.set()
        thread.join()


def test_a_scheduler_that_is_not_there_is_refused() -> None:
    started = time.monotonic()
    with pytest.raises(InputError) as error:
        explore("LoAS", small(), vary=VARY, scheduler="tcp://127.0.0.1:9")
    assert time.monotonic() - started < 10
    said = str(error.value)
    assert said.startswith("scheduler: ")
    assert "cannot be reached within" in said or "needs Dask" in said


@pytest.mark.parametrize("address", ["nowhere", "tcp://", "tcp://127.0.0.1:x"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(InputError, match="scheduler: "):
        explore("LoAS", small(), vary=VARY, scheduler=address)


def test_without_dask_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match="needs Dask; install it with pip install"):
        explore("LoAS", small(), vary=VARY, scheduler="tcp://127.0.0.1:9")


@dask
def test_what_is_no_client_is_refused() -> None:
    with pytest.raises(InputError, match="is a int; expected an address"):
        explore("LoAS", small(), vary=VARY, scheduler=3)
