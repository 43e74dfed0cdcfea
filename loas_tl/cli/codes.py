"""Exit codes of the command, beside 0."""

from __future__ import annotations

INTERRUPTED = 130
"""By Ctrl-C, as shells have it."""
MENDABLE = 2
"""Of anything the user can mend."""
FAULTY = 1
"""Of what is our fault."""
