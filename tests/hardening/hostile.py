"""Damages what is right: bytes, archives, YAML, templates and options, as nobody would by mistake.

Everything is drawn from a ``random.Random``: the same seed gives the same attack, in a test and in
``benchmarks/attack.py``.
"""

from __future__ import annotations

import contextlib
import io
import random
import re
import struct
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
import yaml

STRANGE = (
    "", " ", "\x00", "\x1b[31m", "\u2028", "\u202e", "\ufeff", "\U0001f9e0", "é", "e\u0301", "層",
    "a" * 5000, "../../etc/passwd", "/dev/zero", "-", "--", "=1+1", "NaN", "inf", "None", "true",
    "a,b", "a=b", "a:b", "%s%n", "{0}", "{{ 1 }}", "'", '"', "\\", "\t", "\r\n",
)  # fmt: skip
NUMBERS = (
    "0", "-0", "-1", "1", "2", "3", "7", "63", "64", "65", "255", "1000", "65536", "65537",
    "2147483647", "2147483648", "4294967296", "9007199254740993", "9223372036854775808", "1" * 41,
    "9" * 5000, "0.5", "-0.5", "1.5", "1e-9", "1e-320", "1e15", "1e308", "1e309", "1e999999999",
    "nan", "inf", "-inf", ".nan", ".inf", "0x10", "0o7", "1_000", "1,5", "1/0", "2**64",
)  # fmt: skip

Damage = Callable[[random.Random, bytes], bytes]


def word(rng: random.Random) -> str:
    """What an option or a scalar should not be."""
    return rng.choice(rng.choice((STRANGE, NUMBERS)))


def _at(rng: random.Random, data: bytes) -> int:
    return rng.randrange(len(data) + 1)


def _flipped(rng: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8, 64))):
        if changed:
            changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _cut(rng: random.Random, data: bytes) -> bytes:
    return data[: _at(rng, data)]


def _noise(rng: random.Random, data: bytes) -> bytes:
    at = _at(rng, data)
    return data[:at] + rng.randbytes(rng.choice((1, 4, 100))) + data[at:]


def _twice(rng: random.Random, data: bytes) -> bytes:
    at, to = sorted((_at(rng, data), _at(rng, data)))
    return data[:to] + data[at:]


def _ones(rng: random.Random, data: bytes) -> bytes:
    at, filled = _at(rng, data), rng.choice((b"\xff", b"\x00", b"\x7f\xff\xff\xff"))
    return data[:at] + filled * 4 + data[at + 4 * len(filled) :]


def _other_file(rng: random.Random, _: bytes) -> bytes:
    starts = (b"", b"\x00", b"PK\x03\x04", b"PK\x05\x06" + bytes(18), b"\x93NUMPY\x01\x00\xff\xff",
              b"\x89HDF\r\n\x1a\n", b"SQLite format 3\x00", b"\x1f\x8b\x08", b"\xff\xfe",
              b"%PDF")  # fmt: skip
    return rng.choice(starts) + rng.randbytes(rng.choice((0, 1, 50, 2000)))


BYTES: tuple[Damage, ...] = (_flipped, _flipped, _cut, _noise, _twice, _ones, _other_file)


def damaged(rng: random.Random, data: bytes) -> bytes:
    """Bytes with something wrong in them."""
    for _ in range(rng.choice((1, 1, 2))):
        data = rng.choice(BYTES)(rng, data)
    return data


# Arrays and archives.


def npy(array: np.ndarray[Any, Any]) -> bytes:
    """An array as an ``.npy``."""
    file = io.BytesIO()
    np.save(file, array, allow_pickle=True)
    return file.getvalue()


def lying(rng: random.Random, data: bytes) -> bytes:
    """An ``.npy`` whose header says something else."""
    if len(data) < 10:  # of which nothing is left
        return data
    end = 10 + struct.unpack("<H", data[8:10])[0]
    header, content = data[10:end].decode("latin-1"), data[end:]
    shapes = ("(0,)", "()", "(-1,)", "(2, -3)", "(1,)*9", "(4, 1000000000, 1000000000)", "(2**70,)",
              "(99999999999999999999,)", "(1.5,)", "('a',)", "None", "(1,", "(True,)",
              f"({', '.join(['1'] * 70)})", "((1,),)", "(" * 500)  # fmt: skip
    kinds = ("|O", "<U9", "|S5", "<M8[s]", "<c16", "|V8", ">i8", "<f2", "<f16", "|b9", "",
    "q" * 300,
             "<i3", "<U999999999", "|u1", "<i8", "<f8")  # fmt: skip
    change = rng.randrange(5)
    if change == 0:
        header = re.sub(r"'shape': [^}]*", f"'shape': {rng.choice(shapes)}, ", header)
    elif change == 1:
        header = re.sub(r"'descr': '[^']*'", f"'descr': '{rng.choice(kinds)}'", header)
    elif change == 2:
        header = header.replace("False", rng.choice(("True", "1", "None", "x", "__import__('os')")))
    elif change == 3:
        header = rng.choice(
            ("", "{}", "[]", "1", "{" * 400, "{'descr': [('a', '<i4')], ", header[:-9])
        )
    else:
        return data[:6] + bytes((rng.randrange(6), rng.randrange(3))) + data[8:]
    raw = header.encode("latin-1")
    return data[:8] + struct.pack("<H", len(raw)) + raw + content


def other_values(rng: random.Random, array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """An array of another type, shape or of other values."""
    change = rng.randrange(8)
    if change == 0:
        kinds = ("f8", "f4", "i8", "u8", "c16", "U3", "S2", "M8[s]", "O", "i1", "?", "f2", "m8[s]")
        kind = rng.choice(kinds)
        with np.errstate(all="ignore"), contextlib.suppress(ValueError):
            return array.astype(kind)
        return array  # a text that is no number
    if change == 1:
        return array[np.newaxis] if rng.random() < 0.5 else array.reshape(-1)
    if change == 2:
        return array[..., :-1] if array.ndim else array
    if change == 3:
        return np.full(array.shape, rng.choice((np.nan, np.inf, -np.inf, 1e308, -1.0, 0.5, 300.0)))
    if change == 4:
        return np.zeros(tuple(rng.choice((0, 1, e)) for e in array.shape), array.dtype)
    if change == 5:
        return array.T
    if change == 6:
        return np.concatenate([array, array]) if array.ndim else array
    extremes = (2**63 - 1, -(2**63), 2**31, 127, -128, 255)
    with np.errstate(all="ignore"):
        return np.full(array.shape, rng.choice(extremes), np.int64).astype(rng.choice(("i8", "i2")))


def archive(rng: random.Random, arrays: dict[str, np.ndarray[Any, Any]]) -> bytes:
    """An ``.npz`` with something wrong in it."""
    if rng.random() < 0.25:
        file = io.BytesIO()
        np.savez(file, **arrays)  # type: ignore[arg-type]
        return damaged(rng, file.getvalue())
    members = {f"{name}.npy": npy(array) for name, array in arrays.items()}
    for _ in range(rng.choice((1, 1, 2))):
        name = rng.choice([*members])
        change = rng.randrange(9)
        if change <= 1 and name[:-4] in arrays:
            members[name] = npy(other_values(rng, arrays[name[:-4]]))
        elif change <= 3:
            members[name] = lying(rng, members[name])
        elif change == 4:
            members[name] = damaged(rng, members[name])
        elif change == 5:
            members[
                rng.choice((word(rng)[:60000] or "x", name.upper(), f"a/{name}", f"{name}.npy"))
            ] = members.pop(name)
        elif change == 6 and len(members) > 1:
            del members[name]
        elif change == 7:
            members |= {f"more{at}/x.npy": members[name] for at in range(rng.choice((1, 300)))}
        else:  # zeros that pack well
            members[name] = npy(np.zeros((4, 1000, rng.choice((20, 5000))), np.bool_))
    return _zipped(rng, members)


def _zipped(rng: random.Random, members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    kinds = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    with zipfile.ZipFile(file, "w", rng.choice(kinds)) as packed:
        for name, content in members.items():
            packed.writestr(name.replace("\x00", "0") or "x", content)
            if rng.random() < 0.03:
                packed.writestr(zipfile.ZipInfo(name or "x"), b"twice")
        if rng.random() < 0.1:
            packed.comment = b"\xff" * 100
    data = bytearray(file.getvalue())
    if rng.random() < 0.25:  # fields of the headers: flags, method, sum, sizes
        for mark, fields in (
            (b"PK\x03\x04", (6, 8, 14, 18, 22)),
            (b"PK\x01\x02", (8, 10, 16, 20, 24)),
        ):
            at = data.find(mark)
            if at >= 0 and rng.random() < 0.8:
                field = at + rng.choice(fields)
                data[field : field + 2] = rng.choice(
                    (b"\x01\x00", b"\xff\xff", b"\x63\x00", b"\x00\x08")
                )
    return bytes(data)


# YAML, JSON and templates.

_TOKEN = re.compile(r"[A-Za-z_]\w*|\d+(?:\.\d+)?|[\[\]{}:,=-]")
SCALARS = (
    "~", "[]", "{}", "[[[[]]]]", "*x", "&x", "&x [*x, *x]", "!Nothing", "!!python/name:os.system",
    "!!python/object/apply:os.system [echo]", "!!binary aGk=", "!!timestamp x", "!!int ''",
    "!!set {a}",
    "!!float x", "!include x.yaml", "<<", "2**64", "1/0", "M=0", "M=2147483647", "'1'", "|\n  x",
    "2001-01-01", "0b11", "1:30", "no", "? x", "- x", "%TAG", "---", "...", "@",
    "`", "{a: 1, a: 2}",
)  # fmt: skip
TEMPLATES = (
    "{% for i in range(10**9) %}x{% endfor %}", "{{ 'a' * 10**10 }}", "{{ x.__class__ }}", "{{",
    "{% include 'spec.yaml' %}", "{{ include('spec.yaml') }}", "{{ 1 / 0 }}", "{% if %}", "{# ",
    "{{ undefined.name }}", "{% raw %}", "{{ ''.__class__.__mro__ }}", "{{ [1] | join }}",
    "{{ 9**9**9 }}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "{{ range(9999999) | list }}",
    "{{ 1 | nothing }}",
)  # fmt: skip


def text(rng: random.Random, given: str, *, templates: bool = False) -> str:
    """A YAML text with one to three things changed."""
    changes = [
        _scalar,
        _scalar,
        _scalar,
        _token,
        _line,
        _copy,
        _snip,
        _inserted,
        _deep,
        _bomb,
        _tree,
    ]
    if templates:
        changes += [_template, _template]
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        given = rng.choice(changes)(rng, given)
    return given


def _replaced(rng: random.Random, given: str, pattern: str, other: str) -> str:
    found = list(re.finditer(pattern, given))
    if not found:
        return given
    chosen = rng.choice(found)
    return given[: chosen.start()] + other + given[chosen.end() :]


def _scalar(rng: random.Random, given: str) -> str:
    other = rng.choice(SCALARS) if rng.random() < 0.5 else word(rng)
    return _replaced(rng, given, r"(?<=[:,\[-] )[\w.+-]+", other)


def _token(rng: random.Random, given: str) -> str:
    tokens = _TOKEN.findall(given) or ["x"]
    return _replaced(rng, given, _TOKEN.pattern, rng.choice((rng.choice(tokens), word(rng))))


def _line(rng: random.Random, given: str) -> str:
    lines = given.split("\n")
    a, b = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[a], lines[b] = lines[b], lines[a]
    if rng.random() < 0.5:
        del lines[a]
    return "\n".join(lines)


def _copy(rng: random.Random, given: str) -> str:
    lines = given.split("\n")
    first, at = rng.randrange(len(lines)), rng.randrange(len(lines))
    some = lines[first : first + rng.randint(1, 20)]
    return "\n".join(lines[:at] + some * rng.choice((1, 2, 50)) + lines[at:])


def _snip(rng: random.Random, given: str) -> str:
    at = rng.randrange(len(given) + 1)
    return given[:at] + given[at + rng.randint(1, 400) :]


def _inserted(rng: random.Random, given: str) -> str:
    at = rng.randrange(len(given) + 1)
    return given[:at] + word(rng) + given[at:]


def _deep(rng: random.Random, given: str) -> str:
    depth = rng.choice((10, 70, 3000))
    deep = rng.choice(("[" * depth + "]" * depth, "{a: " * depth + "1" + "}" * depth, "- " * depth))
    return _replaced(rng, given, r"(?<=: )[\w.]+", deep)


def _bomb(rng: random.Random, given: str) -> str:
    turns = rng.choice((3, 20, 60))
    bomb = "bomb0: &b0 [x, x]\n" + "".join(
        f"bomb{n}: &b{n} [*b{n - 1}, *b{n - 1}, *b{n - 1}]\n" for n in range(1, turns)
    )
    merged = f"<<: [*b{turns - 1}]\n" if rng.random() < 0.3 else ""
    return bomb + merged + given if rng.random() < 0.5 else f"{given}\n{bomb}"


def _template(rng: random.Random, given: str) -> str:
    if rng.random() < 0.5:
        return _replaced(rng, given, r"(?<=[:,\[-] )[\w.+-]+", rng.choice(TEMPLATES))
    lines = given.split("\n")
    lines.insert(rng.randrange(len(lines) + 1), rng.choice(TEMPLATES))
    return "\n".join(lines)


def _tree(rng: random.Random, given: str) -> str:
    """Another value somewhere in what the text means; tags go."""
    plain = re.sub(r"!\w+", "", given)
    try:
        tree = yaml.load(plain, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
        return str(yaml.safe_dump(_changed(rng, tree), width=200))
    except (yaml.YAMLError, ValueError, TypeError, RecursionError, AttributeError):
        return given


def _changed(rng: random.Random, value: Any) -> Any:
    if isinstance(value, dict) and value and rng.random() < 0.9:
        key = rng.choice([*value])
        change = rng.random()
        if change < 0.08:
            return {k: v for k, v in value.items() if k != key}
        if change < 0.14:
            return {word(rng)[:50] if k == key else k: v for k, v in value.items()}
        return value | {key: _changed(rng, value[key])}
    if isinstance(value, list) and value and rng.random() < 0.9:
        at = rng.randrange(len(value))
        change = rng.random()
        if change < 0.08:
            return value[:at] + value[at + 1 :]
        if change < 0.12:
            return value + value[at : at + 1] * rng.choice((1, 40))
        return [*value[:at], _changed(rng, value[at]), *value[at + 1 :]]
    others: tuple[Any, ...] = (
        None, True, 0, -1, 1, 2**31, 2**63, 10**30, 0.5, 1e308, float("nan"), float("inf"), "", "x",
        word(rng)[:200], [], {}, [value], {"a": value}, [[1, [2]]], -value if isinstance(value,
        int) else 3,
    )  # fmt: skip
    return rng.choice(others)
