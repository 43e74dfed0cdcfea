"""Make Accelergy find the plug-ins, by its configuration file, and take them out again.

The text of the configuration is changed, not its YAML written anew: what a user wrote stays as it
is. The file as it was is kept beside it, so that taking the plug-ins out gives it back byte for
byte; where it was edited in between, only the entries of the plug-ins go.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from loas_tl.ground import yaml_tree
from loas_tl.ground.data import PACKAGE, shipped_folder
from loas_tl.ground.errors import InputError
from loas_tl.ground.files import write_all
from loas_tl.ground.raised import as_input_error
from loas_tl.timeloop.accelergy import listed

LISTS = ("estimator_plug_ins", "primitive_components")
"""Lists of the configuration that our folder goes into."""

FOLDER = "energy_plugins"
"""Our folder's name, in the package or in a working copy."""

CONFIG = Path(".config") / "accelergy" / "accelergy_config.yaml"
MAX_BYTES = 2**18
KEPT = ".before-loas-tl"


def folder() -> Path:
    """Where the plug-ins are: in the package, or beside it in a working copy.

    Raises:
        InputError: where they are in neither.
    """
    place = shipped_folder(FOLDER)
    if (place / "loas_tl.estimator.yaml").is_file():
        return place
    raise InputError("the plug-ins are missing; install loas-tl again", file=PACKAGE)


def configuration() -> Path:
    """The file Accelergy reads: one in the current folder before the one in the home folder."""
    here = Path(CONFIG.name)
    return here if here.exists() else Path.home() / CONFIG


def installed(config: Path) -> bool:
    """Whether the configuration names our folder in all lists it has to.

    Raises:
        InputError: where it cannot be read as Accelergy's configuration.
    """
    _, content = _read(config)
    return all(str(folder()) in content[name] for name in LISTS)


def install(config: Path) -> bool:
    """Enter our folder in the configuration; False where it already was.

    Raises:
        InputError: where the configuration is missing, is none, is written in a way that cannot be
            extended, or cannot be written.
    """
    original, content = _read(config)
    ours = str(folder())
    if all(ours in content[name] for name in LISTS):
        return False
    write_all({_kept(config): original, config: _with_folder(original, config, ours)})
    return True


def uninstall(config: Path) -> tuple[str, ...]:
    """Take our folder out of the configuration, and those of environments that are gone.

    Returns:
        The folders that were taken out.

    Raises:
        InputError: where the configuration is missing, is none, or cannot be written.
    """
    current, content = _read(config)
    named = dict.fromkeys(str(entry) for name in LISTS for entry in content[name])
    out = tuple(entry for entry in named if entry == str(folder()) or _is_gone(entry))
    if not out:
        return ()
    kept = _kept(config)
    original = kept.read_bytes() if kept.is_file() else None
    if len(out) == 1 and original is not None and _with_folder(original, config, *out) == current:
        write_all({config: original})
    else:
        write_all({config: _without(current, config, out)})
    kept.unlink(missing_ok=True)
    return out


def _is_gone(entry: str) -> bool:
    """Whether it was the folder of an installation that is no longer there."""
    place = Path(entry)
    return place.name == FOLDER and not place.exists()


def extended(config: Path) -> bytes | None:
    """A configuration's text with our folder in all lists; None where it is in them.

    Raises:
        InputError: where the configuration is missing or is none.
    """
    original, content = _read(config)
    ours = str(folder())
    if all(ours in content[name] for name in LISTS):
        return None
    return _with_folder(original, config, ours)


def _with_folder(original: bytes, config: Path, ours: str) -> bytes:
    """What :func:`install` makes of a configuration."""
    mark, text = _parted(original)
    content = _lists(_parsed(text, config), config)
    try:
        for name in LISTS:
            if ours not in content[name]:
                text = listed.with_entry(text, name, ours)
    except listed.UneditableError as error:
        raise InputError(
            f"cannot be extended; add {ours} yourself", file=config, key=str(error)
        ) from None
    return mark + text.encode("utf-8")


def _without(current: bytes, config: Path, entries: Iterable[str]) -> bytes:
    mark, text = _parted(current)
    try:
        for name in LISTS:
            for entry in entries:
                text = listed.without_entry(text, name, entry)
    except listed.UneditableError as error:
        named = " and ".join(entries)
        raise InputError(
            f"cannot be changed; take {named} out yourself", file=config, key=str(error)
        ) from None
    return mark + text.encode("utf-8")


def _parted(content: bytes) -> tuple[bytes, str]:
    """The mark that some editors begin UTF-8 with, and the text."""
    mark = codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b""
    return mark, content[len(mark) :].decode("utf-8")


def _read(config: Path) -> tuple[bytes, dict[str, list[Any]]]:
    try:
        with config.open("rb") as file:
            original = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise InputError(
            "does not exist; run `accelergy` once, which writes it, or give --config", file=config
        ) from None
    except OSError as error:
        raise as_input_error(error, file=config) from None
    if len(original) > MAX_BYTES:
        raise InputError(
            f"is larger than {MAX_BYTES >> 10} KiB; expected Accelergy's configuration", file=config
        )
    try:
        _, text = _parted(original)
    except UnicodeDecodeError as error:
        raise InputError(f"cannot be read ({error.reason}); expected UTF-8", file=config) from None
    return original, _lists(_parsed(text, config), config)


def _parsed(text: str, config: Path) -> dict[str, Any]:
    content = yaml_tree.read_text(text, file=str(config))
    if not isinstance(content, dict) or "version" not in content:
        raise InputError("is no configuration of Accelergy; expected its lists", file=config)
    return content


def _lists(content: dict[str, Any], config: Path) -> dict[str, list[Any]]:
    lists = {}
    for name in LISTS:
        value = content.get(name)
        if value is not None and not isinstance(value, list):
            raise InputError(f"is {value!r}; expected a list of folders", file=config, key=name)
        lists[name] = value or []
    return lists


def _kept(config: Path) -> Path:
    return config.with_name(config.name + KEPT)
