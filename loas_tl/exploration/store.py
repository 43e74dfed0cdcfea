"""Results in one SQLite file: a row for each design and layer, kept whatever ends a run.

A row is known by the hashes of the design's parameters, of the layer's tensors, of the model and of
the code. Beside results there is what was asked (``spaces``, ``points``), so that the file can be
read without running, and, for layers that are made from a seed, what their tensors came to.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import astuple, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from loas_tl.comparison import Result
from loas_tl.exploration import kept
from loas_tl.exploration.evaluation import Failure, Outcome
from loas_tl.exploration.figures import Figures
from loas_tl.ground.errors import InputError
from loas_tl.ground.raised import reading
from loas_tl.models.accounting import Energy
from loas_tl.models.published.counts import Counts

APPLICATION = 0x10A57150
"""Marks a file as ours (SQLite's ``application_id``)."""

VERSION = 1
"""Of the tables (``user_version``)."""

BUSY_S = 60.0
"""Seconds to wait for another process that writes."""

TABLES = """
CREATE TABLE results (
  design TEXT, layer TEXT, model TEXT, version TEXT,
  cycles, computes, pe_cycles, leakage_pJ REAL, dram_pJ REAL, sram_pJ REAL, compute_pJ REAL,
  bits TEXT, area_mm2 REAL, clock_MHz REAL, notes TEXT, error TEXT,
  PRIMARY KEY (design, layer, model, version)) WITHOUT ROWID;
CREATE TABLE layers (
  recipe TEXT PRIMARY KEY, layer TEXT) WITHOUT ROWID;
CREATE TABLE spaces (
  space TEXT PRIMARY KEY, asked TEXT, began REAL);
CREATE TABLE points (
  space TEXT, number INTEGER, accelerator TEXT, label TEXT, parameters TEXT,
  design TEXT, layers TEXT, error TEXT,
  PRIMARY KEY (space, number)) WITHOUT ROWID;
"""

_WRITE = "INSERT OR REPLACE INTO results VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
_READ = "SELECT * FROM results WHERE design = ? AND layer = ? AND model = ? AND version = ?"


@dataclass(frozen=True)
class Row:
    """A point as it is kept.

    Attributes:
        number: its place in the space.
        accelerator, label, parameters: of the design; parameters are those varied.
        design: its hash, empty where it cannot be.
        layers: (network, layer, samples) in order; of each sample the keys of its recipes.
        error: why it cannot be, None where it can.
    """

    number: int
    accelerator: str
    label: str
    parameters: dict[str, Any]
    design: str
    layers: tuple[tuple[str, str, tuple[tuple[str, ...], ...]], ...]
    error: str | None = None


class Store:
    """A store; use as a context manager.

    Args:
        path: the file, made where it is not there; None keeps everything in memory.
        read_only: whether nothing is to be written.

    Raises:
        InputError: where the file is no store, or one of another version, or cannot be used.
    """

    def __init__(self, path: str | os.PathLike[str] | None, *, read_only: bool = False) -> None:
        self.path = None if path is None else Path(path)
        with self._named():
            self._connection = self._open(read_only)

    def _open(self, read_only: bool) -> sqlite3.Connection:
        if self.path is None:
            connection = sqlite3.connect(":memory:")
            connection.executescript(TABLES)
            return connection
        self._check_file(self.path, read_only)
        there = self.path.exists() and self.path.stat().st_size > 0
        mode = "ro" if read_only else "rwc"
        uri = f"{self.path.absolute().as_uri()}?mode={mode}"
        connection = sqlite3.connect(uri, uri=True, timeout=BUSY_S, isolation_level=None)
        try:
            if there:
                self._check_tables(connection)
            if not read_only:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = NORMAL")
                self._make_tables(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    @staticmethod
    def _check_file(path: Path, read_only: bool) -> None:
        if path.is_dir():
            raise InputError("is a folder; expected a file", file=path)
        if not path.exists():
            if read_only:
                raise InputError("is not there; expected a store of an earlier run", file=path)
            if not path.parent.is_dir():
                raise InputError(f"{path.parent} is no folder; expected one", file=path)
            if not os.access(path.parent, os.W_OK):
                raise InputError(f"{path.parent} may not be written to", file=path)
        elif not read_only and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
            raise InputError(
                "may not be written to; expected a store that takes results (--show reads one)",
                file=path,
            )

    def _check_tables(self, connection: sqlite3.Connection) -> None:
        [application] = connection.execute("PRAGMA application_id").fetchone()
        [version] = connection.execute("PRAGMA user_version").fetchone()
        [tables] = connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
        if application == 0 and tables == 0:
            return  # an empty database, or one that another process is making
        if application != APPLICATION:
            raise InputError("is no store of loas-tl's; give another name", file=self.path)
        if version != VERSION:
            raise InputError(
                f"is a store of version {version}, this is version {VERSION}; give another name",
                file=self.path,
            )

    def _make_tables(self, connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN IMMEDIATE")
        [application] = connection.execute("PRAGMA application_id").fetchone()
        if application == 0:
            for statement in TABLES.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {VERSION}")
            connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute("COMMIT")

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close it; what was written stays."""
        # Who closes last has SQLite take its log into the file; two at once may both think that
        # the other one does, and whoever copies the file then would miss what is in the log.
        with suppress(sqlite3.Error):
            self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        self._connection.close()

    def layer_of(self, recipe: str) -> str | None:
        """The hash of the tensors that a recipe made, where that is known."""
        with self._named():
            found = self._connection.execute(
                "SELECT layer FROM layers WHERE recipe = ?", (recipe,)
            ).fetchone()
        return None if found is None else str(found[0])

    def find(self, design: str, layer: str, model: str, version: str) -> Outcome | None:
        """The result of a design on a layer, None where there is none."""
        with self._named():
            row = self._connection.execute(_READ, (design, layer, model, version)).fetchone()
        if row is None:
            return None
        with self._damaged():
            return _outcome(row[4:])

    def keep(
        self,
        recipe: str,
        layer: str,
        model: str,
        version: str,
        found: Iterable[tuple[str, Outcome]],
    ) -> None:
        """Keep results of designs on a layer, all of them or none."""
        rows = [
            (design, layer, model, version, *_columns(outcome))
            for design, outcome in found
            if isinstance(outcome, Figures) or outcome.lasting
        ]
        with self._written():
            self._connection.execute("INSERT OR REPLACE INTO layers VALUES (?, ?)", (recipe, layer))
            self._connection.executemany(_WRITE, rows)

    def begin(self, space: str, asked: Mapping[str, Any]) -> None:
        """Say what was asked; :meth:`spaces` has the last that began first."""
        with self._written():
            self._connection.execute(
                "INSERT OR REPLACE INTO spaces VALUES (?, ?, ?)",
                (space, json.dumps(asked), time.time()),
            )

    def add(self, space: str, rows: Sequence[Row]) -> None:
        """Keep points of a space."""
        with self._written():
            self._connection.executemany(
                "INSERT OR REPLACE INTO points VALUES (?,?,?,?,?,?,?,?)",
                [
                    (
                        *(space, row.number, row.accelerator, row.label),
                        *(json.dumps(row.parameters), row.design),
                        *(json.dumps(row.layers), row.error),
                    )
                    for row in rows
                ],
            )

    def spaces(self) -> list[tuple[str, dict[str, Any]]]:
        """The spaces by hash, with what was asked; the last one that began first."""
        with self._named():
            found = self._connection.execute(
                "SELECT space, asked FROM spaces ORDER BY began DESC"
            ).fetchall()
        with self._damaged():
            for _, asked in found:
                kept.parsed(kept.Asked, asked)
            return [(space, json.loads(asked)) for space, asked in found]

    def rows(self, space: str) -> Iterator[Row]:
        """The points of a space, in order."""
        with self._named():
            found = self._connection.execute(
                "SELECT * FROM points WHERE space = ? ORDER BY number", (space,)
            ).fetchall()
        for row in found:
            with self._damaged():
                number, accelerator, label, *_ = kept.value(kept.Point, row[1:])
                _, parameters, design, layers, error = row[3:]
                varied = kept.parsed(kept.Parameters, parameters)
                named = kept.parsed(kept.Layers, layers)
            yield Row(number, accelerator, label, varied, design, named, error)

    @contextmanager
    def _written(self) -> Iterator[None]:
        with self._named():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def _damaged(self) -> AbstractContextManager[None]:
        """What is read from a row that is none of ours, as ours."""
        return reading(self.path, "a store as explore writes it; give another name")

    @contextmanager
    def _named(self) -> Iterator[None]:
        """SQLite's complaints as ours, with the file."""
        try:
            yield
        except UnicodeDecodeError:
            raise InputError(
                "is no store of loas-tl's, or a damaged one; give another name", file=self.path
            ) from None
        except sqlite3.DatabaseError as error:
            said = str(error)
            if "not a database" in said or "malformed" in said:
                said = "is no store of loas-tl's, or a damaged one; give another name"
            raise InputError(said, file=self.path) from None


def _columns(outcome: Outcome) -> tuple[Any, ...]:
    if isinstance(outcome, Failure):
        return (*(None,) * 10, "[]", outcome.reason)
    result, energy = outcome.result, outcome.result.physical
    bits = [[*key, moved] for key, moved in result.counts.bits.items()]
    return (
        *(result.counts.cycles, result.counts.computes, result.pe_cycles),
        *((None,) * 4 if energy is None else astuple(energy)),
        json.dumps(bits) if outcome.traffic else None,
        *(outcome.area_mm2, result.clock_MHz, json.dumps(list(result.notes)), None),
    )


def _outcome(columns: Sequence[Any]) -> Outcome:
    if isinstance(columns[-1], str):
        return Failure(columns[-1])
    cycles, computes, pe_cycles, *energies, bits, area, clock, notes, _ = kept.value(
        kept.Result, columns
    )
    traffic = kept.parsed(kept.Traffic, bits or "[]")
    moved = {(memory, kind): count for memory, kind, count in traffic}
    result = Result(
        *("", "", ""),
        counts=Counts(cycles, computes, moved, {}, {}),
        published=None,
        physical=None if energies[0] is None else Energy(*energies),
        pe_cycles=pe_cycles,
        notes=kept.parsed(kept.Texts, notes),
        clock_MHz=clock,
    )
    return Figures(result, area, bits is not None)
