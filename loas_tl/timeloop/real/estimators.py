"""Our estimators for an Accelergy that is run in a folder, without a change to its configuration.

Accelergy reads ``accelergy_config.yaml`` of the folder it runs in before the one at home. For the
time of a run that folder has one: the user's own with our estimators in it.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.accelergy import plugins


@contextmanager
def estimators_in(folder: Path) -> Iterator[str | None]:
    """Have an Accelergy that runs in ``folder`` find our estimators meanwhile.

    Yields:
        None, or why it does not find them.
    """
    ours = folder / plugins.CONFIG.name
    if ours.exists():
        yield f"{ours} is there already, and names none of ours"
        return
    config = plugins.configuration()
    if not config.exists():
        _have_it_written(folder)
    try:
        text = plugins.extended(config)
    except InputError as error:
        yield str(error)
        return
    if text is None:
        yield None  # the user's configuration names them
        return
    ours.write_bytes(text)
    try:
        yield None
    finally:
        ours.unlink(missing_ok=True)


def _have_it_written(folder: Path) -> None:
    """Accelergy writes its configuration where it finds none; before a run that is as good."""
    program = shutil.which("accelergy")
    if program is not None:
        with suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(  # noqa: S603 - a program found on PATH, without a shell
                [program], cwd=folder, capture_output=True, timeout=60, check=False
            )
