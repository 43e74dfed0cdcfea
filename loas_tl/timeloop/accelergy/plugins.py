"""Make Accelergy find the plug-ins, by its configuration file, and take them out again.

The text of the configuration is changed, not its YAML written anew: what a user wrote stays as it
is. The file as it was is kept beside it, so that taking the plug-ins out gives it back byte for
byte; where it was edited in between, only the entries of the plug-ins go.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from loas_tl.ground.data import PACKAGE, shipped_folder
from loas_tl.ground.errors import InputError
from loas_tl.ground.files import write_all

LISTS = ("estimator_plug_ins", "primitive_components")
"""Lists of the configuration that our folder goes into."""

FOLDER = "energy_plugins"
"""Our folder's name, in the package or in a working copy."""

CONFIG = Path(".config") / "accelergy" / "accelergy_config.yaml"
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
        InputError: where the configuration is missing, is none, or cannot be written.
    """
    original, content = _read(config)
    ours = str(folder())
    missing = [name for name in LISTS if ours not in content[name]]
    if not missing:
        return False
    text = original.decode("utf-8")
    for name in missing:
        text = _with_entry(text, name, ours)
    added = _parsed(text, config)
    if any(ours not in (added.get(name) or []) for name in missing):
        raise InputError(f"cannot be extended; add {ours} to {' and '.join(LISTS)}", file=config)
    write_all({_kept(config): original, config: text})
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
        text = current.decode("utf-8")
        for entry in out:
            text = _without_entry(text, entry)
        write_all({config: text})
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
    text = original.decode("utf-8")
    content = _lists(_parsed(text, config), config)
    for name in LISTS:
        if ours not in content[name]:
            text = _with_entry(text, name, ours)
    return text.encode("utf-8")


def _read(config: Path) -> tuple[bytes, dict[str, list[Any]]]:
    try:
        original = config.read_bytes()
        text = original.decode("utf-8")
    except FileNotFoundError:
        raise InputError(
            "does not exist; run `accelergy` once, which writes it, or give --config", file=config
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read ({error})", file=config) from None
    return original, _lists(_parsed(text, config), config)


def _parsed(text: str, config: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise InputError(f"is no YAML ({error})", file=config) from None
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


def _entry(ours: str) -> str:
    """The folder as a YAML scalar; single quotes carry any path."""
    return "'" + ours.replace("'", "''") + "'"


def _with_entry(text: str, name: str, ours: str) -> str:
    """The text with one more entry in a list, written on lines, in brackets or missing."""
    end = "\r\n" if "\r\n" in text else "\n"
    key = re.search(rf"^{name}[ \t]*:[ \t]*(?P<rest>[^\r\n]*)", text, re.MULTILINE)
    if key is None:
        gap = "" if text.endswith("\n") or not text else end
        return f"{text}{gap}{name}:{end}  - {_entry(ours)}{end}"
    rest = key["rest"].split(" #")[0].strip()
    if rest.startswith("[") and rest.endswith("]"):
        inside = rest[1:-1].strip().rstrip(",")
        changed = f"[{inside}, {_entry(ours)}]" if inside else f"[{_entry(ours)}]"
        at = key.start("rest") + key["rest"].index(rest)
        return text[:at] + changed + text[at + len(rest) :]
    # The first item of the list shows how far items are indented.
    item = re.match(r"[^\r\n]*\r?\n(?P<indent>[ \t]*)- ", text[key.end() :])
    indent = item["indent"] if item is not None else "  "
    line_end = text.find("\n", key.end())
    if line_end < 0:
        return f"{text}{end}{indent}- {_entry(ours)}{end}"
    return f"{text[: line_end + 1]}{indent}- {_entry(ours)}{end}{text[line_end + 1 :]}"


def _without_entry(text: str, ours: str) -> str:
    """The text without the lines, or the bracketed entries, that name our folder."""
    scalar = rf"(?:{re.escape(_entry(ours))}|\"{re.escape(ours)}\"|{re.escape(ours)})"
    text = re.sub(rf"^[ \t]*- {scalar}[ \t]*(?:#[^\r\n]*)?\r?\n", "", text, flags=re.MULTILINE)
    text = re.sub(rf",[ \t]*{scalar}(?=[ \t]*[,\]])", "", text)
    return re.sub(rf"(?<=\[){scalar},?[ \t]*", "", text)
