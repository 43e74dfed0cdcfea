"""Run the real Timeloop from Python.

    import loas_tl.timeloop as timeloop

    result = timeloop.run_model("spec.yaml")
    result, search = timeloop.run_mapper(["arch.yaml", "problem.yaml"], metric="edp")

It takes timeloopfe (``timeloopfe.v4`` or ``pytimeloop.timeloopfe.v4``), ``timeloop-model`` or
``timeloop-mapper`` and ``accelergy`` on PATH; ``loas-tl doctor`` says what is missing. The files
of a spec are programs to timeloopfe, which fills in their Jinja templates without a sandbox: run
only specs that you trust.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from loas_tl.ground.errors import InputError
from loas_tl.ground.given import paths_of
from loas_tl.ground.raised import as_input_error
from loas_tl.timeloop.prices import Prices
from loas_tl.timeloop.real import installation
from loas_tl.timeloop.real.directives import directives_of
from loas_tl.timeloop.real.log import valid_mappings
from loas_tl.timeloop.real.run import Progress, Request, price, run
from loas_tl.timeloop.rendering.render import Rendered
from loas_tl.timeloop.result import Result
from loas_tl.timeloop.spec import Spec, write_spec
from loas_tl.timeloop.spec.loading import Loaded
from loas_tl.timeloop.spec.tree_writer import write_tree

Source = str | Path | Sequence[str | Path] | Spec | Rendered | Loaded
"""A spec: v4 YAML files that belong together, or an object.

Templates with data beside them are read by :func:`loas_tl.timeloop.spec.loading.load`, whose
answer is taken here."""

Metric = Literal["energy", "cycles", "edp"]

_METRICS: dict[Metric, str] = {"energy": "energy", "cycles": "delay", "edp": "edp"}
"""Timeloop's names."""

_UNLIMITED = 1_000_000_000


def available(program: str = "timeloop-model") -> bool:
    """Whether the real Timeloop can be run here.

    Args:
        program: ``timeloop-model`` or ``timeloop-mapper``.

    Returns:
        False where it, timeloopfe or Accelergy is missing; ``loas-tl doctor`` says which.

    Raises:
        InputError: for another program.
    """
    if program not in ("timeloop-model", "timeloop-mapper"):
        raise InputError(
            f"is {program!r}; expected timeloop-model or timeloop-mapper", key="program"
        )
    return not installation.missing(program)


def run_model(
    spec: Source,
    *,
    out: str | Path | None = None,
    timeout: float | None = None,
    environment: Mapping[str, str] | None = None,
) -> Result:
    """What timeloop-model says of a spec with a mapping.

    Args:
        spec: see :data:`Source`.
        out: folder that keeps all that Timeloop writes; by default it is thrown away.
        timeout: seconds, after which the run is ended with all its processes.
        environment: variables beside those of this process.

    Returns:
        Cycles, energy, area, and accesses by level and tensor.

    Raises:
        MissingEngineError: where Timeloop is not installed.
        MappingError: where the mapping is refused.
        EngineRunError: where anything else fails; the message is the log's own line.
        EngineTimeoutError: after ``timeout``.
        InputError: where files cannot be read or written.
    """
    return _run_model(spec, out, timeout=timeout, environment=environment)


def _run_model(spec: Source, out: str | Path | None, **limits: Any) -> Result:
    with _files(spec, search=False) as files, _folder(out) as folder:
        result, _ = run(Request("timeloop-model", files, folder, **limits))
    return result


def run_models(
    specs: Sequence[Source],
    *,
    outs: Sequence[str | Path | None] | None = None,
    jobs: int | None = None,
    timeout: float | None = None,
    environment: Mapping[str, str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Result]:
    """:func:`run_model` of many specs, as many at once as there are processors (or ``jobs``).

    Args:
        specs: see :data:`Source`; results come in their order.
        outs: a folder (or None) for each.
        jobs: runs at once.
        timeout: of each run, in seconds.
        environment: of each run.
        progress: called as ``progress(done, in all)``.

    Returns:
        A result for each.

    Raises:
        InputError: as :func:`run_model`, with its kinds; the first failure ends the others.
    """
    if not isinstance(specs, Sequence) or isinstance(specs, str):
        kind = type(specs).__name__
        raise InputError(f"is of type {kind}; expected a list of specs", key="specs")
    if not isinstance(outs, Sequence | None) or isinstance(outs, str):
        kind = type(outs).__name__
        raise InputError(f"is of type {kind}; expected a list of folders", key="outs")
    folders = list(outs) if outs is not None else [None] * len(specs)
    if len(folders) != len(specs):
        raise InputError(f"{len(folders)} folders for {len(specs)} specs; expected one for each")
    pool = ThreadPoolExecutor(jobs or os.cpu_count())
    unwanted = threading.Event()
    limits = {"timeout": timeout, "environment": environment, "unwanted": unwanted}
    try:
        futures = [
            pool.submit(_run_model, spec, out, **limits)
            for spec, out in zip(specs, folders, strict=True)
        ]
        for done, future in enumerate(as_completed(futures), start=1):
            future.result()
            if progress is not None:
                progress(done, len(specs))
        return [future.result() for future in futures]
    finally:
        # Whether a run has failed or Ctrl-C has come: what has begun is not waited for.
        unwanted.set()
        pool.shutdown(cancel_futures=True)


def run_mapper(
    spec: Source,
    *,
    metric: Metric = "edp",
    time_limit: float | None = None,
    max_mappings: int | None = None,
    seed: int | None = None,  # noqa: ARG001 - one call for both engines
    jobs: int | None = None,
    out: str | Path | None = None,
    timeout: float | None = None,
    environment: Mapping[str, str] | None = None,
    progress: Progress | None = None,
    dimensions: Sequence[str] = (),
) -> tuple[Result, dict[str, Any]]:
    """The best mapping that timeloop-mapper finds.

    Args:
        spec: see :data:`Source`; constraints, and options of the mapper where it has any.
        metric: what is made small.
        time_limit: seconds after which the search ends with the best so far.
        max_mappings: valid mappings after which it ends.
        seed: without effect; timeloop-mapper takes none.
        jobs: threads.
        out: as for :func:`run_model`.
        timeout: likewise, in seconds.
        environment: likewise.
        progress: called with each mapping that is better than those before.
        dimensions: of the problem, where ``spec`` is files; those without a loop are in no
            directive otherwise.

    Returns:
        The best mapping's result, and the search: ``metric``, ``valid_mappings`` (None where
        Timeloop does not say), ``mappings`` (the same: it does not count the others), ``seconds``,
        ``exhaustive`` and ``mapping``, the winner as v4 directives.

    Raises:
        InputError: as :func:`run_model`, with its kinds; and for an unknown metric.
    """
    if not isinstance(metric, str) or metric not in _METRICS:
        raise InputError(f"metric is {metric!r}; expected one of {', '.join(_METRICS)}")
    options: dict[str, Any] = {"optimization_metrics": [_METRICS[metric]], "live_status": False}
    if jobs is not None:
        options["num_threads"] = jobs
    if max_mappings is not None:
        # Only this budget ends the search then.
        options |= {
            "search_size": max_mappings,
            "victory_condition": _UNLIMITED,
            "timeout": _UNLIMITED,
        }
    if isinstance(spec, Spec):
        dimensions = spec.problem.dimensions
    started = time.monotonic()
    with _files(spec, search=True) as files, _folder(out) as folder:
        result, log = run(
            Request(
                "timeloop-mapper",
                files,
                folder,
                timeout=timeout,
                time_limit=time_limit,
                environment=environment,
                mapper=options,
                progress=progress,
            )
        )
    seconds = time.monotonic() - started
    valid = valid_mappings(log)
    return result, {
        "metric": metric,
        "valid_mappings": valid,
        "mappings": valid,
        "seconds": seconds,
        "exhaustive": False,
        "mapping": directives_of(result.mapping or (), dimensions),
    }


def accelergy_prices(
    spec: Spec, *, out: str | Path | None = None, timeout: float | None = None
) -> Prices:
    """What a real Accelergy says that a specification's components cost, to count with natively.

    Its own plug-ins, those of the specification (``globals.accelergy_plug_ins``) and ours price.

    Args:
        spec: the specification; one with an ERT keeps it.
        out: folder that keeps what Accelergy writes; by default it is thrown away.
        timeout: seconds, after which the run is ended.

    Raises:
        MissingEngineError: where timeloopfe or Accelergy is not installed.
        EngineRunError: where Accelergy prices a component not; named by class and action.
        EngineTimeoutError: after ``timeout``.
    """
    if spec.energies is not None:
        return Prices()
    with _files(spec, search=False) as files, _folder(out) as folder:
        named = spec.files[0] if len(spec.files) == 1 else None
        request = Request("accelergy", files, folder, timeout=timeout, named=named)
        energies, areas = price(request)
    return Prices(energies, areas, notes=("priced by Accelergy",))


@contextmanager
def _files(spec: Source, *, search: bool) -> Iterator[list[Path]]:
    """The spec as files; what is an object is written to a temporary one."""
    if isinstance(spec, Spec | Rendered):
        with tempfile.TemporaryDirectory(prefix="loas-tl-") as folder:
            path = Path(folder) / "spec.yaml"
            if isinstance(spec, Rendered):
                text = spec.search_spec if search else spec.model_spec
            else:
                text = write_spec(spec)
            path.write_text(text, "utf-8")
            yield [path]
        return
    if isinstance(spec, Loaded):
        if spec.filled_in:
            with tempfile.TemporaryDirectory(prefix="loas-tl-") as folder:
                path = Path(folder) / "spec.yaml"
                path.write_text(write_tree(spec.tree), "utf-8")
                yield [path]
            return
        spec = spec.files
    paths = paths_of(spec, "spec")
    if not paths:
        raise InputError("expected at least one specification file")
    for path in paths:
        if not path.is_file():
            raise InputError("is no file; expected a Timeloop v4 spec", file=path)
    yield paths


@contextmanager
def _folder(out: str | Path | None) -> Iterator[Path]:
    if out is None:
        with tempfile.TemporaryDirectory(prefix="loas-tl-") as folder:
            yield Path(folder)
        return
    folder_path = Path(out)
    try:
        folder_path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise as_input_error(error, file=folder_path, doing="written") from None
    yield folder_path
