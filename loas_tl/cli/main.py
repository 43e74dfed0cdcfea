"""The ``loas-tl`` command: what holds for every subcommand, from the first import to the last word.

Little is imported before somebody listens to Ctrl-C; the subcommands are in
:mod:`loas_tl.cli.commands`.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found] # signal itself takes a while to import
import os
import sys

from loas_tl.cli.codes import FAULTY, INTERRUPTED, MENDABLE

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing itself takes longer to import than all that is needed here
    from collections.abc import Sequence
    from typing import Any

TRACEBACK = "LOAS_TL_TRACEBACK"
AGAIN_S = 0.02
"""Seconds after which Ctrl-C is heard again, where a library took no notice of it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code (2 for anything the user can mend).

    Args:
        arguments: by default those of the process, which then is ours: it is made ready for
            whatever may happen to it.
    """
    ours = arguments is None
    heard = _Heard()
    try:
        if ours:
            heard.listen()
            import warnings

            _open_streams()
            warnings.showwarning = _warn
            os.environ["MPLBACKEND"] = "agg"  # nothing is shown in windows, whatever is asked for
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")
        from loas_tl.cli.commands import run

        code = run(arguments)
        sys.stdout.flush()
        heard.stop()
    except SystemExit:
        heard.stop()
        raise
    except BaseException as error:
        heard.stop()
        code = _answered(error, bool(heard.times), ours)
        if code == INTERRUPTED and ours:
            _leave()
    return code


class _Heard:
    """Listens to Ctrl-C; libraries make anything of it, or nothing, also while imported."""

    def __init__(self) -> None:
        self.times = 0

    def listen(self) -> None:
        # A shell starts what is in the background deaf to it, and so it stays.
        if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
            _signal.signal(_signal.SIGINT, self._interrupt)
            sys.unraisablehook = self._unraisable

    def stop(self) -> None:
        """Nothing is left to be interrupted: the last word has been said, or is about to be."""
        if sys.unraisablehook == self._unraisable:
            _signal.signal(_signal.SIGINT, _signal.SIG_IGN)

    def _interrupt(self, *_: object) -> None:
        self.times += 1
        raise KeyboardInterrupt

    def _unraisable(self, what: Any) -> None:
        """Raised where nothing can be raised, as in a callback of a library's."""
        if issubclass(what.exc_type, KeyboardInterrupt):
            import threading

            again = threading.Timer(AGAIN_S, _signal.raise_signal, (_signal.SIGINT,))
            again.daemon = True
            again.start()
        else:
            sys.__unraisablehook__(what)


def _leave() -> None:
    """End at once, where threads are still at work on what nobody waits for any more."""
    import threading
    from contextlib import suppress

    if threading.active_count() > 1:
        with suppress(OSError, ValueError):
            sys.stdout.flush()
        os._exit(INTERRUPTED)


def _open_streams() -> None:
    """Have something open as 0, 1 and 2: files that are opened later must not get there."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:  # noqa: PERF203
            # What is written to a closed standard output is missed, that of standard error is not.
            flags = os.O_WRONLY if number == 2 else os.O_RDONLY
            os.open(os.devnull, flags)
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115


def _answered(error: BaseException, interrupted: bool, ours: bool) -> int:
    """Say in a line what ended the command; its exit code.

    Raises:
        BaseException: a fault of our own, where a program or a test has called us.
    """
    if interrupted or isinstance(error, KeyboardInterrupt):
        _say("loas-tl: interrupted")
        return INTERRUPTED
    if isinstance(error, BrokenPipeError):
        # The reader (say, head) has gone: not our error, and nothing is left to flush to.
        _give_up_output()
        return 0
    from loas_tl.ground.errors import InputError
    from loas_tl.ground.raised import STREAM, as_input_error

    if not isinstance(error, InputError | OSError | MemoryError | RecursionError):
        if not ours or TRACEBACK in os.environ or not isinstance(error, Exception):
            raise error
        name = type(error).__name__
        fault = InputError(
            f"{name}: {error}; this is a fault of loas-tl's own, please report it "
            f"({TRACEBACK}=1 in the environment shows where it is)"
        )
        _say(f"loas-tl: error: {fault}")
        return FAULTY
    said = as_input_error(error)
    if str(said).startswith(STREAM):
        _give_up_output()
    _say(f"loas-tl: error: {said.as_typed()}")
    return MENDABLE


def _warn(message: Warning | str, *_: Any, **__: Any) -> None:
    from loas_tl.ground.errors import InputError

    _say(f"loas-tl: warning: {InputError(str(message))}")


def _say(line: str) -> None:
    try:
        print(line, file=sys.stderr, flush=True)
    except (OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # there is nobody to say it to


def _give_up_output() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
