"""What every run of the command keeps, whatever it is given."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from tests.cli.outcome import Outcome

CODES = (0, 2, 130)
LONGEST = 500 + len("loas-tl: warning: ")
OURS = ("loas-tl: error: ", "loas-tl: warning: ", "loas-tl: interrupted", "note: ")
PYTHONS = re.compile(
    r"Traceback|\w+Error\b|Exception|object is not|object has|objects? of type|NoneType"
    r"|unexpected keyword"
    r"|has no attribute|out of (?:range for|bounds)|list index|invalid literal"
    r"|could not convert|cannot convert"
    r"|not subscriptable|unhashable|unsupported operand|<class |<function|at 0x[0-9a-f]{6}"
    r"|ndarray|numpy|not iterable|positional argument|math domain|dtype\(|\bself\b|codec can't"
    r"|surrogates"
    r"|fault of loas-tl|more memory than there is|pydantic|isinstance|__\w+__|must be (?:str"
    r"|real|int)"
)
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def contents(folder: Path) -> dict[str, bytes]:
    """The files in a folder by their names in it, hidden files too."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def broken(
    asked: Sequence[str], outcome: Outcome, before: dict[str, bytes], after: dict[str, bytes]
) -> str | None:
    """The promise that was not kept, None where all were.

    Args:
        asked: the command's arguments.
        outcome: of it.
        before: the folder that it ran in.
        after: the same.
    """
    lines = outcome.err.splitlines()
    if outcome.code not in CODES:
        return f"exit code {outcome.code}: {outcome.err[:200]}"
    if any(len(line) > LONGEST for line in lines):
        return "a line too long"
    if not all(line.startswith(OURS) for line in lines):
        return "a line that is none of ours"
    if CONTROL.search(outcome.err):
        return "control characters"
    errors = [line for line in lines if line.startswith("loas-tl: error: ")]
    if (len(errors) == 1) != (outcome.code == 2):
        return f"{len(errors)} errors with exit code {outcome.code}"
    changed = {name for name, content in before.items() if after.get(name) != content}
    if changed - _meant(asked):
        return f"changed inputs: {sorted(changed)}"
    if outcome.code != 2:
        return None
    if outcome.out:
        return "output of what was refused"
    if set(after) - set(before) - {name for name in after if name.startswith("s.db-")}:
        return f"left files: {sorted(set(after) - set(before))}"
    if changed and "store" not in "".join(asked):
        return f"changed inputs of what was refused: {sorted(changed)}"
    said = _without_what_was_given(errors[0], asked, before)
    found = PYTHONS.search(said)
    if found:
        return f"Python's words: {found[0]}"
    return None if _names(errors[0], asked, before) else "neither file nor option is named"


def _meant(asked: Sequence[str]) -> set[str]:
    """Files that a command may change."""
    meant = {"s.db", "c.npz"}
    written = [one for one in re.split(r"[ =]", " ".join(asked)) if asked.count(one) < 2]
    if asked[0] in ("energy", "networks", "designs", "doctor", "reproduce"):  # these read no file
        meant |= {*written}
    if asked[0] in ("model", "map") and "t.npz" not in asked:
        meant |= {*written} & {"t.npz"}  # lies there for others
    if asked[0] == "plugins" and asked[1] in ("install", "uninstall"):
        meant.add("c.yaml")
    return meant


def _without_what_was_given(said: str, asked: Sequence[str], files: dict[str, bytes]) -> str:
    """A message without quotations of what somebody wrote."""
    said = re.sub(r"'[^']*'|\"[^\"]*\"", "''", said)
    said = re.sub(r"does not run on [^:]*: .*", "", said)  # by a program of the user's
    for argument in asked:
        if len(argument) > 3:
            said = said.replace(argument, "")
    for content in files.values():
        if len(content) < 100_000:
            for match in {found[0] for found in PYTHONS.finditer(said)}:
                if match.encode() in content:
                    said = said.replace(match, "")
    return said


def _written(name: str, files: dict[str, bytes]) -> bool:
    return any(name.encode() in content for content in files.values())


def _names(said: str, asked: Sequence[str], files: dict[str, bytes]) -> bool:
    message = said.removeprefix("loas-tl: error: ")
    words = [name.rpartition("/")[2] for name in files]
    for argument in asked:
        option, _, value = argument.partition("=")
        bare = option.lstrip("-")
        words += [bare, bare.replace("-", "_"), bare.replace("-", " "), value, argument]
        words += re.split(r"[=:,]", argument)
    # A file that one of these names, such as a description's weights.
    words += [name for name in [message.split(": ")[0]] if _written(name, files)]
    words += [word[:80] for word in words]  # of long ones the middle is left out
    shown = [word.encode("unicode_escape").decode("ascii") for word in words]
    return any(word and word in message for word in (*words, *shown)) or "argument" in message
