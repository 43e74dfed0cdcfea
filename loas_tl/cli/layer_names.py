"""Names of layers for completion: of what a line that is being typed reads, where that is quick."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

OF_A_LAYER = ("x", "w", "words", "scale", "bias", "pieces")
"""Arrays that files of networks have for a layer."""

BASH = """
# $1: the word that is being typed
_loas_tl_layers() {
  compgen -W "$(printf '%s\\n' "${COMP_WORDS[@]}" | loas-tl completion layers 2>/dev/null)" -- "$1"
}
"""

COMPLETE = {
    "bash": "_loas_tl_layers",
    "zsh": "($(print -rl -- $words | loas-tl completion layers 2>/dev/null))",
    "fish": "(commandline -opc | loas-tl completion layers 2>/dev/null)",
}
"""What shells are to ask, as shtab takes it."""


def layer_names(line: Sequence[str]) -> list[str]:
    """Names of the layers of the networks or the tensors that a line gives.

    Without either they are those of the three networks that are the default. Nothing that takes
    long is read: of a file the names of its arrays, of recorded spikes nothing.
    """
    if _values(line, "--spikes", "--layers"):
        return []
    files = _values(line, "--tensors")
    if files:
        return list(dict.fromkeys(name for file in files for name in _arrays(_path(file))))
    from loas_tl.ground.errors import InputError
    from loas_tl.workload.shipped import FOLDER, shipped_networks
    from loas_tl.workload.statistics import NETWORKS, statistics_of

    found: dict[str, None] = {}
    for network in _values(line, "--network") or NETWORKS:
        if network in shipped_networks():
            found |= dict.fromkeys(_arrays(FOLDER / f"{network}.npz"))
            continue
        try:
            found |= dict.fromkeys(one.layer for one in statistics_of(network))
        except InputError:  # it is being typed
            continue
    return list(found)


def _values(line: Sequence[str], *options: str) -> list[str]:
    """What stands behind options, up to the next one."""
    found, taking = [], False
    for word in line:
        if word.startswith("-"):
            option, equals, value = word.partition("=")
            taking = option in options
            found += [value] if taking and equals else []
        elif taking:
            found.append(word)
    return found


def _path(typed: str) -> Path:
    """A file as it is typed, maybe in quotes or from the home folder."""
    path = Path(typed.strip("'\""))
    return path.expanduser() if typed.startswith("~/") else path


def _arrays(file: Path) -> Iterable[str]:
    """Layers of an archive, by the names of its arrays."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError):
        return []
    parts = [name.removesuffix(".npy").rpartition("/") for name in names]
    return [layer for layer, _, array in parts if layer and array in OF_A_LAYER]
