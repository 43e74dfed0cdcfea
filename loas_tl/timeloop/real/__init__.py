"""The real Timeloop as an engine: what it writes, read; its programs, run."""
