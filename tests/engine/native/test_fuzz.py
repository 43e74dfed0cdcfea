"""Damaged specifications: a result or a typed error, never anything else.

By default a part of the mutations runs; ``LOAS_TL_FUZZ=10000`` runs as many as it says.
"""

from __future__ import annotations

import os
import random
import re

import pytest

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.native import evaluate
from loas_tl.timeloop.result import Result
from loas_tl.timeloop.spec import parse_spec
from tests.timeloop_runs import reference_runs

MUTATIONS = int(os.environ.get("LOAS_TL_FUZZ", "1200"))
BATCHES = 8

_TOKEN = re.compile(r"[A-Za-z_]\w*|\d+(?:\.\d+)?|[\[\]{}:,=-]")
_EXTREMES = (
    "0", "1", "-1", "2", "3", "7", "64", "1000", "65537", "2147483647", "2147483648",
    "99999999999999999999", "0.0", "0.5", "1.0", "1e-9", "1e308", "1e999", ".nan", ".inf", "~",
    "true", "'1'", "[]", "{}", "[[[[]]]]", "*x", "&x", "!Nothing", "!!python/name:os.system",
    "2**64", "1/0", "M=0", "M=2147483647", "\x00", "\u2028", "é", "banded", "UB",
    "spatial_skipping",
)  # fmt: skip


def mutated(rng: random.Random, text: str) -> str:
    """A specification with one to three things changed."""
    for _ in range(rng.choice([1, 1, 2, 3])):
        change = rng.choice([_word, _word, _number, _number, _swap, _line, _copy, _cut, _noise])
        text = change(rng, text)
    return text


def _replace(text: str, match: re.Match[str], word: str) -> str:
    return text[: match.start()] + word + text[match.end() :]


def _word(rng: random.Random, text: str) -> str:
    tokens = list(_TOKEN.finditer(text))
    if not tokens:
        return text
    other = rng.choice([rng.choice(_EXTREMES), rng.choice(tokens).group()])
    return _replace(text, rng.choice(tokens), other)


def _number(rng: random.Random, text: str) -> str:
    """Another number of the same kind, most often one that can be."""
    numbers = list(re.finditer(r"(?<![\w.])\d+(\.\d+)?(?![\w.])", text))
    if not numbers:
        return text
    whole = ["1", "2", "3", "4", "6", "8", "16", "64", "4096", "1000000", "2147483647"]
    chosen = rng.choice(numbers)
    other = rng.choice(["0.0", "0.3", "0.9", "1.0", "2.5"] if chosen[1] else whole)
    return _replace(text, chosen, other)


def _swap(rng: random.Random, text: str) -> str:
    lines = text.split("\n")
    a, b = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[a], lines[b] = lines[b], lines[a]
    return "\n".join(lines)


def _line(rng: random.Random, text: str) -> str:
    lines = text.split("\n")
    del lines[rng.randrange(len(lines))]
    return "\n".join(lines)


def _copy(rng: random.Random, text: str) -> str:
    lines = text.split("\n")
    first = rng.randrange(len(lines))
    some = lines[first : first + rng.randint(1, 20)]
    at = rng.randrange(len(lines))
    return "\n".join(lines[:at] + some * rng.randint(1, 3) + lines[at:])


def _cut(rng: random.Random, text: str) -> str:
    first = rng.randrange(len(text) + 1)
    return text[:first] + text[first + rng.randint(1, 400) :]


def _noise(rng: random.Random, text: str) -> str:
    at = rng.randrange(len(text) + 1)
    characters = (chr(rng.choice([rng.randrange(128), rng.randrange(0xD800)])) for _ in range(4))
    return text[:at] + "".join(characters) + text[at:]


def _answer(text: str) -> Result | InputError:
    try:
        return evaluate(parse_spec(text, file="spec.yaml"))
    except InputError as error:
        return error


@pytest.mark.parametrize("batch", range(BATCHES))
def test_damaged_specifications_give_a_result_or_a_typed_error(batch: int) -> None:
    runs = sorted(reference_runs())
    results = refusals = 0
    for number in range(batch, MUTATIONS, BATCHES):
        rng = random.Random(number)  # noqa: S311
        text = mutated(rng, reference_runs()[rng.choice(runs)].spec)
        answer = _answer(text)
        if isinstance(answer, Result):
            results += 1
            assert answer.cycles >= 0
        else:
            refusals += 1
            assert "\n" not in str(answer)
    assert results > 0
    assert refusals > 0
