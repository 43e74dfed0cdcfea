"""Why an engine gives no result."""

from __future__ import annotations

import re

from loas_tl.ground.errors import InputError


class EngineError(InputError):
    """An engine gives no result for what it was given."""


class MappingError(EngineError):
    """A mapping that the architecture cannot carry out.

    Attributes:
        level: where it fails, as the architecture names it.
        reason: in Timeloop's words, whichever engine refuses.
        kind: which of :data:`REJECTIONS` the reason is; ``"other"`` for none of them.
    """

    def __init__(self, level: str, reason: str, *, file: object = None) -> None:
        self.level = level
        self.reason = reason
        self.kind = _kind(reason)
        super().__init__(f"couldn't map level {level}: {reason}", file=file)


class MissingEngineError(EngineError):
    """An engine was asked for that is not installed; the message says what is missing."""


class EngineTimeoutError(EngineError):
    """A run took longer than it was allowed to, and was ended with all it had started."""


class EngineRunError(EngineError):
    """A run failed for another reason than its mapping.

    Attributes:
        line: what the log says about it.
        log: the last lines of the log.
    """

    def __init__(self, line: str, *, log: str = "", file: object = None) -> None:
        self.line = line
        self.log = log
        super().__init__(line, file=file)


REJECTIONS = {
    "capacity": r"mapped (metadata )?tile size \S+ exceeds (metadata )?(buffer )?capacity",
    "utilization": r"mapped tile size \S+ (is )?less than",
    "instances": r"mapped (max Arithmetic )?(instances|[XY] expansion) \S+ exceeds",
    "confidence": r"best tile confidence is less than constrained",
    "decompression": r"decompression \(from parent level\) needed but not supported",
    "compression": r"compression \(to parent level\) needed but not supported",
    "partition": r"runtime partition needed but not supported",
    "ranks": r"more compression ranks needed than supported in hardware",
    "pretiling": r"pretiling for .*required but level compression format does not align",
    "bypass": r"one of the tensors is bypassed in all storage levels",
    "fanout": r"Required fanout[XY]",
    "density": r"density model incapable of evaluating a specific request",
    "conditions": r"skipping/gating for ",
}
"""Timeloop's reasons to refuse a mapping: the start of each, by kind."""

_REJECTED = re.compile(r"(?:ERROR: )?couldn't map level (?P<level>.+?): (?P<reason>.*)")


def parse_rejection(line: str, *, file: object = None) -> MappingError | None:
    """The rejection in a line of timeloop-model's log, or None if it is about something else."""
    found = _REJECTED.search(line)
    if found is None:
        return None
    return MappingError(found["level"], found["reason"].strip(), file=file)


def _kind(reason: str) -> str:
    matches = (kind for kind, start in REJECTIONS.items() if re.match(start, reason))
    return next(matches, "other")
