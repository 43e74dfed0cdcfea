"""The options that the commands running an engine share: which engine, and which spec."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loas_tl.ground.errors import InputError

if TYPE_CHECKING:
    from loas_tl.report.engine_page import Searched
    from loas_tl.timeloop.result import Result
    from loas_tl.timeloop.spec import Spec
    from loas_tl.timeloop.spec.loading import Loaded

ENGINES = ("auto", "native", "timeloop")

_SUFFIXES = (".yaml", ".yml")
_WHOLE = ("architecture", "problem")
"""A file with both sections is a spec of its own."""
_LOOKED_AT = 8 * 2**20
"""Bytes of a file in which they may stand; a spec is not larger."""


@dataclass(frozen=True)
class SpecFiles:
    """Files that make one spec together.

    Attributes:
        name: for people: the folder, or the only file.
        files: to be read together.
    """

    name: str
    files: tuple[Path, ...]

    def named(self) -> AbstractContextManager[None]:
        """Errors of ours that are raised in it name the spec or one of its files."""
        from loas_tl.ground.raised import of_file

        return of_file(self.name, *self.files)


def add_spec(command: argparse.ArgumentParser) -> None:
    """Add SPEC and --engine."""
    command.add_argument(
        "spec",
        nargs="+",
        type=Path,
        metavar="SPEC",
        help="Timeloop v4 YAML files or Jinja templates of them that belong together, or folders "
        "of `loas-tl render`",
    )
    templates = command.add_argument_group("templates (docs/timeloop-specs.md)")
    templates.add_argument(
        "--set",
        action="append",
        metavar="KEY=VALUE",
        help="what templates call KEY; goes before --data; any number of times",
    )
    templates.add_argument(
        "--data",
        action="append",
        type=Path,
        metavar="FILE",
        help="YAML or JSON with what templates take from outside; later files go before",
    )
    templates.add_argument(
        "--include",
        action="append",
        type=Path,
        metavar="DIR",
        help="a folder that templates may look into, beside those of the files",
    )
    templates.add_argument(
        "--functions",
        action="append",
        type=Path,
        metavar="FILE.py",
        help="run the file, for functions that expressions of the spec call",
    )
    command.add_argument(
        "--engine",
        choices=ENGINES,
        default="auto",
        help="timeloop: the real one; native: none needed; auto: timeloop where it is installed",
    )


def choose_engine(name: str, program: str) -> str:
    """``native`` or ``timeloop``; ``auto`` is decided by what is installed.

    Args:
        name: what was asked for.
        program: of Timeloop, that would be run.

    Raises:
        MissingEngineError: where Timeloop was asked for and is not there.
    """
    if name == "native":
        return name
    from loas_tl.timeloop.real import installation

    if name == "timeloop":
        installation.require(program)
        return name
    return "native" if installation.missing(program) else "timeloop"


def load_spec_files(files: SpecFiles, arguments: argparse.Namespace) -> Spec:
    """As :func:`load_files`, the typed spec, with the functions that were given.

    Raises:
        InputError: as :func:`loas_tl.timeloop.spec.load_spec`.
    """
    return spec_of_files(load_files(files, arguments), arguments)


def spec_of_files(loaded: Loaded, arguments: argparse.Namespace) -> Spec:
    """The typed spec of files that were read."""
    if not arguments.functions:
        return loaded.spec()
    from loas_tl.cli.functions import functions_of

    return loaded.spec(functions_of(arguments.functions))


def load_files(files: SpecFiles, arguments: argparse.Namespace) -> Loaded:
    """Read a spec with what was given for its templates; what of it has no effect is said.

    Raises:
        InputError: as :func:`loas_tl.timeloop.spec.load_spec`.
    """
    from loas_tl.timeloop.spec.loading import load

    data: dict[str, Any] = {}
    settings: dict[str, Any] = {}
    if arguments.data or arguments.set:
        from loas_tl.timeloop.spec.top.data import parse_setting, read_data

        for path in arguments.data or ():
            data |= read_data(path)
        settings = dict(parse_setting(setting) for setting in arguments.set or ())
    loaded = load(files.files, data=data | settings, include=arguments.include or ())
    for name in settings:
        if name in loaded.unused:
            print(
                f"loas-tl: warning: --set {name} has no effect: no template of {files.name} "
                "names it",
                file=sys.stderr,
            )
    return loaded


def spec_files(paths: Sequence[Path], *, search: bool) -> list[SpecFiles]:
    """The specs that were named, one or several.

    A folder is a spec, or holds folders that are. Files belong together, unless several of them
    are whole (with an architecture and a problem), and then each is a spec.

    Args:
        paths: as given.
        search: whether constraints are wanted in the place of a rendered folder's mapping.

    Raises:
        InputError: where something is not there, or folders and files are mixed.
    """
    for path in paths:
        if not path.exists():
            raise InputError("is not there; expected a Timeloop v4 spec", file=path)
    folders = [path for path in paths if path.is_dir()]
    if folders:
        if len(folders) < len(paths):
            raise InputError("give folders or files, not both", file=folders[0])
        return [spec for folder in folders for spec in _in_folder(folder, search)]
    whole = [path for path in paths if _is_whole(path)]
    if len(whole) < 2:
        name = str(paths[0]) if len(paths) == 1 else ", ".join(str(path) for path in paths)
        return [SpecFiles(name, tuple(paths))]
    if len(whole) < len(paths):
        part = next(path for path in paths if path not in whole)
        raise InputError(
            f"stands beside several whole specs ({whole[0]}, ...); to which does it belong?",
            file=part,
        )
    return [SpecFiles(str(path), (path,)) for path in whole]


def folder_name(spec: SpecFiles) -> str:
    """A spec's name as that of a folder."""
    kept = (c if c.isalnum() or c in "-_." else "_" for c in spec.name)
    return "".join(kept).strip("._") or "spec"


def out_folders(out: Path | None, specs: Sequence[SpecFiles]) -> list[Path]:
    """A folder for each spec: ``--out`` itself for one; none where none was asked for.

    Raises:
        InputError: where two specs would share a folder.
    """
    if out is None:
        return []
    if len(specs) == 1:
        return [out]
    folders = [out / folder_name(spec) for spec in specs]
    for folder in folders:
        if folders.count(folder) > 1:
            raise InputError("two specs would be written there; give them one by one", file=folder)
    return folders


OF_TIMELOOP = {
    "Timeloop's statistics": "timeloop-model.stats.txt",
    "Timeloop's mapping": "timeloop-model.map.txt",
    "Timeloop's log": "timeloop.log",
}
"""What the real Timeloop writes beside the page, by what it is called there."""


def report_of(
    spec: SpecFiles,
    result: Result,
    arguments: argparse.Namespace,
    searched: Searched | None = None,
) -> dict[str, str | bytes]:
    """The files of a report of one spec, by name."""
    from loas_tl.cli.output import made_by
    from loas_tl.report.engine_files import render_result

    what = "Best mapping" if searched else "Mapping"
    title = f"{what} of {', '.join(Path(name).name for name in spec.name.split(', '))}"
    theirs = result.engine == "timeloop" and searched is None
    return render_result(
        result, made_by(arguments), searched, title, OF_TIMELOOP if theirs else None
    )


def as_json(specs: Sequence[SpecFiles], documents: Sequence[dict[str, Any]]) -> str:
    """One spec's document as it is; those of several as a list, each with its spec's name."""
    if len(documents) == 1:
        return json.dumps(documents[0], indent=2)
    named = [
        {"spec": spec.name, **document} for spec, document in zip(specs, documents, strict=True)
    ]
    return json.dumps(named, indent=2)


def _in_folder(folder: Path, search: bool) -> list[SpecFiles]:
    files = _yaml_files(folder)
    if files:
        constraints = _yaml_files(folder / "search")
        if search and constraints:
            files = [path for path in files if path.stem != "mapping"] + constraints
        return [SpecFiles(str(folder), tuple(files))]
    inner = [path for path in sorted(folder.iterdir()) if path.is_dir() and _yaml_files(path)]
    if not inner:
        raise InputError("holds no YAML files; expected a spec or folders of specs", file=folder)
    return [spec for path in inner for spec in _in_folder(path, search)]


def _yaml_files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix in _SUFFIXES and path.is_file())


def _is_whole(path: Path) -> bool:
    if not path.is_file():
        return False  # a pipe is read once, a device may have no end
    try:
        with path.open("rb") as stream:
            text = stream.read(_LOOKED_AT).decode("utf-8", "replace")
    except OSError:
        return False  # whoever reads it says why
    return all(re.search(rf"^{section}\s*:", text, re.MULTILINE) for section in _WHOLE)


def csv_of(specs: Sequence[SpecFiles], results: Sequence[Result]) -> str:
    """Results as CSV."""
    from loas_tl.report.engine_rows import results_csv

    return results_csv([spec.name for spec in specs], results)
