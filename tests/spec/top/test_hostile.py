"""Templates that ask for too much, or for what is not theirs: a line each, and soon."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.spec.loading import load


def grown(first: str, then: str) -> str:
    """A value that is made anew 99 times from what it was."""
    turn = f"{{% for i in range(99) %}}{{% set ns.x = {then} %}}{{% endfor %}}"
    return f"{{% set ns = namespace(x={first}) %}}{turn}"


def macro(parameters: str, body: str) -> str:
    return f"{{% macro m({parameters}) %}}{{% if n %}}{body}{{% endif %}}{{% endmacro %}}"


LONG = "{% set x = 'a' * 10**6 %}"

REFUSED = {
    # Time.
    "range": "{% for i in range(10**9) %}x{% endfor %}",
    "loops": "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
    "macros": macro("n", "{{ m(n-1) }}{{ m(n-1) }}") + "{{ m(60) }}",
    # Depth.
    "endless macro": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "endless block": "{% block x %}{{ self.x() }}{{ self.x() }}{% endblock %}",
    "endless loop": "{% for i in [1, 2] recursive %}{{ loop([1, 2]) }}{% endfor %}",
    "braces": "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
    "ifs": "{% if 1 %}" * 1500 + "{% endif %}" * 1500,
    "includes itself": "{{ include('t.yaml') }}",
    "includes its text": "{{ include_text('t.yaml') }}",
    "includes itself as Jinja does": "{% include 't.yaml' %}",
    "is its own parent": "{% extends 't.yaml' %}",
    # Text.
    "product": "{{ 'a' * 10**10 }}",
    "output": LONG + "{% for i in range(10000) %}{{ x }}{% endfor %}",
    "doubled": grown("'aaaa'", "ns.x ~ ns.x"),
    "added": grown("'aaaa'", "ns.x + ns.x"),
    "set": "{% set x %}{% for i in range(9999) %}{{ 'aaaaaaaaaa' * 1000 }}{% endfor %}{% endset %}",
    "center": "{{ 'a'.center(10**9) }}",
    "filter": "{{ 'a' | center(10**9) }}",
    "indent": "{{ ('a\n' * 100000) | indent(999) }}",
    "replace": LONG + "{{ x.replace('a', x) }}",
    "replace filter": LONG + "{{ x | replace('a', x) }}",
    "join": LONG + "{{ ([x] * 9999) | join }}",
    "join of what is mapped": LONG + "{{ range(9999) | map('replace', '1', x) | join }}",
    "join by": LONG + "{{ x.join(range(9999) | map('string')) }}",
    "percent": "{{ '%1000000000d' % 1 }}",
    "format": "{{ '{:1000000000}'.format(1) }}",
    "format by arguments": "{{ '{:{}}'.format(1, 10**9) }}",
    "format filter": "{{ '%*d' | format(10**9, 1) }}",
    "source": "{# #}" + "x: 1\n" * 300_000,
    "logic": "{{ 1 }}" * 20_000,
    # Numbers and lists.
    "power": "{{ 10**10**9 }}",
    "squares": grown("7", "ns.x * ns.x"),
    "digits": "{{ ('1' * 100000) | int }}",
    "round": "{{ 5 | round(-10**9) }}",
    "bytes": "{{ (5).to_bytes(10**9, 'big') }}",
    "list": "{{ [1] * 10**9 }}",
    "lists": grown("[1]", "[ns.x, ns.x]"),
    "dicts": grown("1", "dict(a=ns.x, b=ns.x)"),
    "arguments": macro("n", "{{ m(n-1, varargs, varargs) }}") + "{{ m(60, 1) }}",
    "append": "{% set l = [] %}{{ l.append(l) }}",
    "sum": "{{ [[1]] | sum(start=[]) }}",
    # Attributes.
    "class": "{{ ''.__class__.__mro__ }}",
    "item": "{{ ''['__class__'] }}",
    "globals": "{{ include.__globals__ }}",
    "function": "{{ cwd.__globals__['os'].system('id') }}",
    "cycler": "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "attr": "{{ '' | attr('__class__') }}",
    "self": "{{ self.__init__.__globals__ }}",
    "formatted attribute": "{{ '{0.__class__}'.format(1) }}",
    "lipsum": "{{ lipsum.__globals__ }}",
    "method": "{{ 'a'.encode('punycode') }}",
    # Files.
    "passwd": "{{ include('../../../../../../../../etc/passwd') }}",
    "text of passwd": "{{ include_text('/etc/passwd') }}",
    "Jinja's include": "{% include '../../../../etc/passwd' %}",
    "tag": "a: !include /etc/passwd",
    "pattern": "{{ find_paths('/etc/*') }}",
    "path": "{{ add_to_path('/etc') }}",
    "exists": "{{ path_exists('/etc/passwd') }}",
    "device": "{{ include_text('/dev/zero') }}",
    "link to a device": "{{ include_text('zero') }}",
    "pipe": "{{ include_text('pipe') }}",
    "circle": "{{ include_text('circle') }}",
    "folder": "{{ include_text('folder') }}",
    "zero byte": "{{ include_text('a\\0b') }}",
    # YAML.
    "aliases": "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [" + ",".join([f"*{chr(97 + i)}"] * 9) + "]\n"
        for i in range(12)
    ),
    "included aliases": "a: [" + ", ".join(["{{ include('wide.yaml') }}"] * 50) + "]",
    "included depth": "a: " + "[" * 40 + "{{ include('deep.yaml') }}" + "]" * 40,
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_is_refused_in_one_line(tmp_path: Path, name: str) -> None:
    (tmp_path / "zero").symlink_to("/dev/zero")
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "wide.yaml").write_text("[" + "1," * 20_000 + "]")
    (tmp_path / "deep.yaml").write_text("[" * 40 + "]" * 40)
    path = tmp_path / "t.yaml"
    path.write_text(REFUSED[name])
    with pytest.raises(InputError, match=r"t\.yaml|pipe|folder") as error:
        load(path)
    assert "\n" not in str(error.value)


def test_many_small_files_end(tmp_path: Path) -> None:
    """Each of 40 files includes the next twice: 2^40 readings, if each were read anew."""
    for number in range(20):
        (tmp_path / f"{number}.yaml").write_text(
            "".join(f"{key}: {{{{ include('{number + 1}.yaml') }}}}\n" for key in "ab")
        )
    (tmp_path / "20.yaml").write_text("x: 1")
    with pytest.raises(InputError, match="more than 400000 values"):
        load(tmp_path / "0.yaml")
