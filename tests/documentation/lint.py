"""Docstrings of public names: ``python -m tests.documentation.lint`` says what they lack."""

from __future__ import annotations

import sys

from tests.documentation.docstrings import faults
from tests.documentation.reference import public
from tests.documentation.signatures import signature_faults


def main() -> int:
    """Print what is missing, a line each; 1 where anything is."""
    names = public()
    found = [f"{name} {fault}" for name, one in names.items() for fault in faults(one)]
    found += signature_faults(names)
    for line in found:
        print(line)
    print(f"{len(names)} public names: {len(found) or 'no'} faults in docstrings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
