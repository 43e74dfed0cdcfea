"""Vega's scripts for pages; they are bundled on the side, as that takes longer than drawing."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import Any

_lock = threading.Lock()
_bundles: list[Future[str]] = []


def begin() -> None:
    """Start to bundle, where nobody has; :func:`bundle` will be asked for."""
    with _lock:
        if _bundles:
            return
        found: Future[str] = Future()
        _bundles.append(found)
    # It holds no lock of Python's, and nobody waits for it where a command ends with an error.
    threading.Thread(target=_bundle, args=(found,), daemon=True).start()


def bundle() -> str:
    """The scripts of Vega, Vega-Lite and vega-embed."""
    begin()
    return _bundles[0].result()


def _bundle(found: Future[str]) -> None:
    try:
        import vl_convert

        made: Any = vl_convert.javascript_bundle  # whose stub asks for a snippet
        found.set_result(str(made()))
    except BaseException as error:
        found.set_exception(error)
