"""Try a wheel as users have it: ``python tests/try_wheel.py WHEEL``, part of ``make dist``.

The wheel holds every file that the package reads, is installed in an empty venv outside the
checkout, and runs there: the demo, ``render``, ``plugins where``, and the documentation's first
example.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
DATA = {
    "arch_specs": "loas_tl/arch_specs",
    "mappings": "loas_tl/mappings",
    "loas_tl": "loas_tl",
}
"""Folders of the checkout whose files are in the wheel, and where."""


def missing(wheel: Path) -> list[str]:
    """Files of the checkout that the wheel lacks."""
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    tracked = subprocess.run(  # noqa: S603
        ["git", "ls-files", *DATA],  # noqa: S607
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    wanted = []
    for path in tracked:
        top, _, rest = path.partition("/")
        wanted.append(f"{DATA[top]}/{rest}")
    return sorted(set(wanted) - held)


def run(command: list[str], folder: Path) -> str:
    """Run a command in a folder and return what it prints; it has to succeed."""
    print("$", " ".join(command[:1] + command[1:6]))
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        sys.exit(f"failed: {done.stdout}\n{done.stderr}")
    return done.stdout


def main(wheel: Path) -> None:
    if (ROOT / ".git").exists() and (lacking := missing(wheel)):
        sys.exit(f"{wheel.name} lacks {', '.join(lacking)}")
    page = (ROOT / "docs" / "start.md").read_text(encoding="utf-8")
    example = re.findall(r"```python\n(.*?)```", page, re.DOTALL)[0]
    said = re.findall(r"```text\n(.*?)```", page, re.DOTALL)[0]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        venv.create(folder / "venv", with_pip=True)
        bin_folder = folder / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
        python, command = str(bin_folder / "python"), str(bin_folder / "loas-tl")
        run([python, "-m", "pip", "install", "--quiet", str(wheel)], folder)
        where = run([python, "-c", "import loas_tl; print(loas_tl.__file__)"], folder)
        assert where.startswith(str(folder)), where
        run([command, "compare", "--model", "both", "--out", "demo"], folder)
        assert (folder / "demo" / "report.html").stat().st_size > 10_000
        run([command, "render", "LoAS", "--network", "alexnet", "--layer", "2", "-o", "s"], folder)
        run([command, "model", "s", "--engine", "native"], folder)
        assert name in run([command, "plugins", "where"], folder)
        printed = run([python, "-c", example], folder)
        assert said.strip() in printed, printed
    print(f"{wheel.name} works in an empty venv")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
