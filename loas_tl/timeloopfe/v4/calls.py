"""Evaluate a document, search a mapping for it, price it."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TextIO

from loas_tl.ground.errors import InputError
from loas_tl.ground.raised import as_input_error
from loas_tl.timeloopfe.common.nodes import ParseError
from loas_tl.timeloopfe.common.processor import ProcessorError
from loas_tl.timeloopfe.v4.engines import MAPPER, MODEL, Call

if TYPE_CHECKING:
    from loas_tl.timeloop.prices import Given
    from loas_tl.timeloopfe.v4.output_stats import OutputStats
    from loas_tl.timeloopfe.v4.specification import Specification

Engine = Literal["auto", "native", "timeloop"]
Log = str | Path | TextIO | None


class CallError(InputError, RuntimeError):
    """A call gives no result; the message says why.

    A ``RuntimeError``, as scripts for timeloopfe expect it, and an ``InputError`` as everywhere
    in loas-tl.
    """


def call_model(
    specification: Specification,
    output_dir: str | Path | None = None,
    environment: Mapping[str, Any] | None = None,
    extra_input_files: Iterable[str | Path] | None = None,
    dump_intermediate_to: str | Path | None = None,  # noqa: ARG001 - nor has it in timeloopfe
    log_to: Log = None,
    extra_args: Iterable[str] = (),
    return_proc: bool = False,
    *,
    engine: Engine = "native",
    prices: Given | None = None,
) -> OutputStats:
    """Evaluates the mapping of a specification.

    Args:
        specification: with a complete mapping; it is not changed.
        output_dir: a folder for ``timeloop-model.stats.txt``, ``.map.txt``, ``.ERT.yaml``,
            ``.ART.yaml``, ``.accelergy.log`` and ``parsed-processed-input.yaml``; None writes
            nothing.
        environment: variables of Timeloop; those that change what is printed have no effect, one
            that changes what is counted is refused.
        extra_input_files: files with sections ``ERT`` or ``ART``, which take precedence.
        dump_intermediate_to: without effect, as in timeloopfe.
        log_to: a file for what there is to say, by default standard output.
        extra_args: not covered.
        return_proc: not covered.
        engine: ``native``, ``timeloop``, or ``auto``: Timeloop where it is installed.
        prices: pJ of an action by class and action, ``{"mac": {"compute": 0.5}}``, before what
            the models say.

    Returns:
        Counts, and energies and areas in SI units, by component.

    Raises:
        CallError: something is missing, unknown, not covered, or the mapping is refused; an
            ``InputError``, as is what a document or a processor raises.
        InputError: as said.
    """
    _refuse(extra_args, return_proc)
    with _errors(), _log(log_to) as log:
        call = Call.of(specification, output_dir, environment, extra_input_files, log, prices)
        if _engine(engine, MODEL) == "timeloop":
            return call.timeloop(MODEL, {})
        return call.native_model()


def call_mapper(
    specification: Specification,
    output_dir: str | Path | None = None,
    environment: Mapping[str, Any] | None = None,
    extra_input_files: Iterable[str | Path] | None = None,
    dump_intermediate_to: str | Path | None = None,  # noqa: ARG001 - nor has it in timeloopfe
    log_to: Log = None,
    extra_args: Iterable[str] = (),
    return_proc: bool = False,
    *,
    engine: Engine = "native",
    prices: Given | None = None,
    time_limit: float | None = None,
    max_mappings: int | None = None,
    seed: int = 0,
    jobs: int | None = None,
    allow_unpriced: bool = False,
) -> OutputStats:
    """Searches for the best mapping of a specification and evaluates it.

    The metric is the first of ``mapper.optimization_metrics``.

    Args:
        specification: with constraints, where there are any; it is not changed.
        output_dir: as for :func:`call_model`; files are called ``timeloop-mapper.*``, and
            ``.map.yaml`` has the mapping.
        environment: as for :func:`call_model`.
        extra_input_files: likewise.
        dump_intermediate_to: likewise.
        log_to: likewise.
        extra_args: not covered.
        return_proc: not covered.
        engine: as for :func:`call_model`.
        prices: likewise, in pJ.
        time_limit: seconds of the search.
        max_mappings: that it looks at.
        seed: of the native search.
        jobs: processes; by default one for each core, and one where the script itself runs calls
            in several processes.
        allow_unpriced: search by energy though components have no price; theirs counts as 0.

    Returns:
        As :func:`call_model`.

    Raises:
        CallError: as :func:`call_model`, and where no mapping is found; it says what fails.
        InputError: as :func:`call_model`.
    """
    _refuse(extra_args, return_proc)
    with _errors(), _log(log_to) as log:
        call = Call.of(specification, output_dir, environment, extra_input_files, log, prices)
        limits = {"time_limit": time_limit, "max_mappings": max_mappings, "seed": seed}
        if _engine(engine, MAPPER) == "timeloop":
            return call.timeloop(MAPPER, {**limits, "jobs": jobs})
        alone = multiprocessing.parent_process() is None
        limits["jobs"] = jobs if jobs or alone else 1
        return call.native_mapper(limits, allow_unpriced=allow_unpriced)


def call_accelergy_verbose(
    specification: Specification,
    output_dir: str | Path,
    environment: Mapping[str, Any] | None = None,
    extra_input_files: Iterable[str | Path] | None = None,
    dump_intermediate_to: str | Path | None = None,  # noqa: ARG001 - nor has it in timeloopfe
    log_to: Log = None,
    extra_args: Iterable[str] = (),
    return_proc: bool = False,
    *,
    prices: Given | None = None,
) -> int:
    """Prices the components of a specification: writes ``ERT.yaml`` and ``ART.yaml``.

    Args:
        specification: it needs no mapping, and is not changed.
        output_dir: a folder for the two files.
        environment: as for :func:`call_model`.
        extra_input_files: likewise.
        dump_intermediate_to: likewise.
        log_to: likewise.
        extra_args: not covered.
        return_proc: not covered.
        prices: likewise, in pJ.

    Returns:
        0, as a program that has done its work.

    Raises:
        CallError: as :func:`call_model`.
        InputError: as :func:`call_model`.
    """
    _refuse(extra_args, return_proc)
    with _errors(), _log(log_to) as log:
        Call.of(specification, output_dir, environment, extra_input_files, log, prices).price()
    return 0


def _engine(name: str, program: str) -> str:
    if name not in ("auto", "native", "timeloop"):
        raise InputError(f"engine {name!r}; expected native, timeloop or auto")
    if name == "native":
        return name
    from loas_tl.timeloop.real import installation

    if name == "timeloop":
        installation.require(program)
        return name
    return "native" if installation.missing(program) else "timeloop"


def _refuse(extra_args: Iterable[str], return_proc: bool) -> None:
    if list(extra_args):
        raise CallError("extra_args are of Timeloop's program; not covered by loas_tl.timeloopfe")
    if return_proc:
        raise CallError(
            "return_proc is not covered by loas_tl.timeloopfe: there is no process; run the call "
            "in one of your own (concurrent.futures, joblib)"
        )


@contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except (CallError, ParseError, ProcessorError):
        raise
    except InputError as error:
        raise CallError(str(error)) from error


@contextmanager
def _log(log_to: Log) -> Iterator[TextIO]:
    if log_to is None:
        yield sys.stdout
        return
    if not isinstance(log_to, str | Path):
        yield log_to
        return
    path = Path(log_to)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("w", encoding="utf-8")
    except OSError as error:
        raise as_input_error(error, file=path, doing="written") from None
    with file:
        yield file
