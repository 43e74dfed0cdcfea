"""A Timeloop that does as a test says: a front end, and programs that are shell scripts."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from loas_tl.timeloop.real import installation

FRONT_END = """
import subprocess

class Specification:
    def __init__(self, files):
        self.files, self.mapper = files, {}

    @classmethod
    def from_yaml_files(cls, *files):
        text = "".join(open(file).read() for file in files)
        if "{{" in text:
            raise ValueError("cannot fill in " + files[0])
        return cls(files)

def _call(program, spec, output_dir, log_to, return_proc):
    assert return_proc
    print(spec.mapper, file=open(output_dir + "/options.txt", "w"))
    command = f'cd "{output_dir}"; {program}'
    return subprocess.Popen(command, shell=True, stdout=open(log_to, "w"), stderr=subprocess.STDOUT)

def call_model(spec, **options):
    return _call("timeloop-model", spec, **options)

def call_mapper(spec, **options):
    return _call("timeloop-mapper", spec, **options)

def call_accelergy_verbose(spec, **options):
    return _call("accelergy -v", spec, **options)
"""


@dataclass(frozen=True)
class FakeTimeloop:
    """Where the pretended programs are."""

    folder: Path

    def does(self, program: str, script: str) -> None:
        """Have a program do this."""
        path = self.folder / program
        path.write_text("#!/bin/sh\n" + script)
        path.chmod(0o755)

    def answers(self, program: str, stats: str, mapping: str, log: str = "") -> None:
        """Have a program write these."""
        for name, text in (("stats.txt", stats), ("map.txt", mapping), ("log", log)):
            (self.folder / f"{program}.{name}").write_text(text)
        at = self.folder
        self.does(
            program,
            f"cat {at}/{program}.log\ncp {at}/{program}.stats.txt {at}/{program}.map.txt .\n",
        )


def install(
    folder: Path, monkeypatch: pytest.MonkeyPatch, package: str = "timeloopfe"
) -> FakeTimeloop:
    """Put it on PATH and on Python's path, in front of a real one."""
    programs, modules = folder / "bin", folder / "lib"
    programs.mkdir()
    module = modules / package / "v4"
    module.mkdir(parents=True)
    for each in module.relative_to(modules).parents:
        if each != Path():
            (modules / each / "__init__.py").touch()
    (module / "__init__.py").write_text(FRONT_END)
    for name in list(sys.modules):
        if name.split(".")[0] in ("timeloopfe", "pytimeloop"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(str(modules))
    # A real one beside it may have the other name.
    monkeypatch.setattr(installation, "FRONT_ENDS", (f"{package.replace('/', '.')}.v4",))
    # The run's own process finds it there.
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(modules), *_given("PYTHONPATH")]))
    monkeypatch.setenv("PATH", os.pathsep.join([str(programs), *_given("PATH")]))
    fake = FakeTimeloop(programs)
    for program in ("timeloop-model", "timeloop-mapper", "accelergy"):
        fake.does(program, "exit 1\n")
    return fake


def _given(name: str) -> list[str]:
    value = os.environ.get(name)
    return [value] if value else []
