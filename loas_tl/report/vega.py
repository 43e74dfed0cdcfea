"""Vega's scripts for pages.

Bundling them takes longer than drawing: it is done on the side, and the bundle is kept for the next
time, where there is a folder for that; by the version of vl-convert, with a digest to read it by.
"""

from __future__ import annotations

import math
import os
import sys
import threading
from concurrent.futures import Future
from contextlib import suppress
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

RESERVED = 80 * 2**30
"""Bytes of address space, not of memory, that bundling reserves, with room; else it would abort."""

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
    """The scripts of Vega, Vega-Lite and vega-embed; none where this process may not bundle."""
    begin()
    return _bundles[0].result()


def _address_space() -> float:
    """Bytes that this process may reserve, used or not."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return math.inf
    most, _ = resource.getrlimit(resource.RLIMIT_AS)
    return math.inf if most == resource.RLIM_INFINITY else most


def _bundle(found: Future[str]) -> None:
    try:
        found.set_result(_kept_or_made())
    except BaseException as error:
        found.set_exception(error)


def _kept_or_made() -> str:
    kept = _kept()
    found = _read(kept) if kept is not None else None
    if found is not None:
        return found
    if _address_space() < RESERVED:
        return ""
    import vl_convert

    bundler: Any = vl_convert.javascript_bundle  # whose stub asks for a snippet
    made = str(bundler())
    if kept is not None:
        _write(kept, made)
    return made


def _kept() -> Path | None:
    """Where the bundle is kept, None where there is no home."""
    given = os.environ.get("XDG_CACHE_HOME", "")
    with suppress(RuntimeError):
        home = Path(given) if Path(given).is_absolute() else Path.home() / _CACHES
        return home / "loas-tl" / f"vega-{version('vl-convert-python')}.js"
    return None


_CACHES = Path({"darwin": "Library/Caches", "win32": "AppData/Local"}.get(sys.platform, ".cache"))


def _read(kept: Path) -> str | None:
    """The bundle; None where it is not there, or not whole."""
    try:
        digest, _, text = kept.read_text("utf-8").partition("\n")
    except (OSError, UnicodeDecodeError):
        return None
    return text if digest == _digest(text) else None


def _write(kept: Path, text: str) -> None:
    """Keep the bundle; whoever reads at the same time has the old one or the whole new one."""
    with suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", encoding="utf-8", dir=kept.parent, delete=False) as stream:
            stream.write(f"{_digest(text)}\n{text}")
        try:
            Path(stream.name).replace(kept)
        except OSError:
            Path(stream.name).unlink()
            raise


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
