"""Check the links that leave the site: ``make links``.

Links within it are checked as it is built. Nothing waits for the web: where it cannot be reached
this says so and ends well, and where it can, a link that leads nowhere ends it with 1.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import requests
from sphinx.cmd.build import main as sphinx_build

DOCS = Path(__file__).parent
PROBE = "https://github.com"
SECONDS = 8


def offline() -> str | None:
    """Why the web cannot be reached; None where it can."""
    try:
        requests.head(PROBE, timeout=SECONDS)
    except requests.RequestException as error:
        return f"{PROBE}: {type(error).__name__}"
    return None


def broken(found: Path) -> Iterator[str]:
    """A line for each link of Sphinx's ``output.json`` that leads nowhere."""
    for line in found.read_text(encoding="utf-8").splitlines():
        link = json.loads(line)
        if link["status"] in ("broken", "timeout"):
            yield f"{link['filename']}:{link['lineno']}: {link['uri']}: {link['info']}"


def main() -> int:
    """0 where all links lead somewhere or the web is out of reach."""
    why = offline()
    if why is not None:
        print(f"links: not checked, the web is out of reach ({why})")
        return 0
    with tempfile.TemporaryDirectory() as to:
        # Tutorials need not run for their links.
        options = ["-q", "-b", "linkcheck", "-D", "nb_execution_mode=off"]
        options += ["-D", f"linkcheck_timeout={SECONDS}", "-D", "linkcheck_retries=2"]
        sphinx_build([*options, str(DOCS), to])
        found = Path(to) / "output.json"
        lines = list(broken(found))
        checked = len(found.read_text(encoding="utf-8").splitlines())
    print(*lines, f"links: {checked} checked, {len(lines)} lead nowhere", sep="\n")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
