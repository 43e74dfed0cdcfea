from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from loas_tl.ground.errors import InputError
from loas_tl.ground.files import check_writable, write_all
from tests.cli.outcome import Run, contents
from tests.mapper.examples import matmul
from tests.workload.examples import one_layer


def test_files_of_a_command_appear_together_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "a.json", tmp_path / "new" / "b.csv"
    first.write_text("from an earlier run")
    before = contents(tmp_path)
    replace = Path.replace

    def full(self: Path, target: Path) -> Path:
        if target == second:
            raise OSError(28, os.strerror(28))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(InputError, match="No space left"):
        write_all({first: "new", second: "new"})
    assert contents(tmp_path) == before


def test_what_a_dead_process_left_is_taken_away(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path; from loas_tl.ground import files\n"
        "files._rename = lambda staged: os.kill(os.getpid(), signal.SIGKILL)\n"
        "files.write_all({Path(sys.argv[1]): 'new'})"
    )
    target = tmp_path / "a.json"
    target.write_text("old")
    done = subprocess.run([sys.executable, "-c", code, str(target)], check=False)  # noqa: S603
    assert done.returncode == -signal.SIGKILL
    assert target.read_text() == "old"
    assert len(contents(tmp_path)) == 2
    write_all({target: "newer"})
    assert contents(tmp_path) == {"a.json": b"newer"}


def test_an_interruption_waits_until_all_files_have_their_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def interrupted(self: Path, target: Path) -> Path:
        signal.raise_signal(signal.SIGINT)
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_all({tmp_path / "a": "1", tmp_path / "b": "2"})
    assert contents(tmp_path) == {"a": b"1", "b": b"2"}


def test_an_input_is_not_written_over(run: Run, tmp_path: Path) -> None:
    tensors = one_layer(tmp_path / "t.npz")
    link = tmp_path / "link.npz"
    link.symlink_to(tensors)
    before = contents(tmp_path)
    for output in (tensors, link):
        outcome = run("compare", "--tensors", tensors, "--json", output)
        outcome.assert_refused(str(output), "is an input")
    assert contents(tmp_path) == before


def test_nothing_is_put_into_a_folder_that_is_read(tmp_path: Path) -> None:
    check_writable([tmp_path / "result.json"], [tmp_path])
    with pytest.raises(InputError, match="is an input"):
        check_writable([tmp_path / "mapping.yaml"], [tmp_path])


def test_a_link_that_leads_back_to_itself_is_refused(run: Run, tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    for option in ("--json", "--out"):  # before anything else is looked at
        run("compare", "--tensors", "absent.npz", option, loop).assert_refused("loop", "link")
    spec = tmp_path / "spec.yaml"
    spec.write_text(matmul())
    run("map", spec, "--checkpoint", loop).assert_refused("loop", "link")


def test_a_checkpoint_that_cannot_be_written_does_not_lose_the_result(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise InputError("cannot be written (No space left on device)", file="c")

    monkeypatch.setattr("loas_tl.timeloop.mapper.checkpoint.save", full)
    spec = tmp_path / "spec.yaml"
    spec.write_text(matmul())
    options = ("--engine", "native", "--max-mappings", 200, "--jobs", 1, "--allow-unpriced")
    outcome = run("map", spec, *options, "--checkpoint", tmp_path / "c")
    assert outcome.code == 0
    assert "the checkpoint is not up to date: c: cannot be written (No space" in outcome.out


def test_a_spec_that_cannot_be_read_is_named(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("model", "a" * 300).assert_refused("a" * 300, "too long")
    endless = tmp_path / "endless.yaml"
    with endless.open("wb") as file:
        file.truncate(2**34)
    run("model", endless, "--engine", "native").assert_refused(str(endless), "8 MiB")

    def denied(path: Path) -> bool:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    monkeypatch.setattr(Path, "exists", denied)
    run("model", "private/spec.yaml").assert_refused("private/spec.yaml", "permissions")


def test_a_name_that_is_no_utf8_is_written_out(run: Run, tmp_path: Path) -> None:
    tensors = Path(os.fsdecode(os.fsencode(tmp_path) + b"/in\xff.npz"))
    one_layer(tensors)
    csv, out = tmp_path / "c.csv", tmp_path / "o"
    assert run("formats", "--tensors", tensors, "--csv", csv, "--out", out).code == 0
    assert "in\\udcff" in csv.read_text("utf-8")
    assert "in\\udcff" in (out / "formats.svg").read_text("utf-8")


def test_a_name_that_a_spreadsheet_would_compute_is_quoted(run: Run, tmp_path: Path) -> None:
    tensors = one_layer(tmp_path / "=1+cmd.npz")
    csv = tmp_path / "c.csv"
    assert run("compare", "--tensors", tensors, "--csv", csv).code == 0
    lines = csv.read_text().splitlines()
    assert all(line.startswith("'=1+cmd,") for line in lines[1:])
