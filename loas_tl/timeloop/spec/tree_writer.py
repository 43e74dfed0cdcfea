"""A tree of a specification as one YAML document, for timeloopfe.

Other than :mod:`~loas_tl.timeloop.spec.writer` it changes nothing: expressions stay expressions,
quoted words stay quoted, and nothing is left out.
"""

from __future__ import annotations

from typing import Any

import yaml

from loas_tl.ground.yaml_tree import INCLUDE_TAGS, NO_MERGE, Mapping, Quoted, Sequence

_STANDARD = "tag:yaml.org,2002:"
_UNWRITTEN = (None, NO_MERGE, *INCLUDE_TAGS)


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, _data: Any) -> bool:
        return True


def _tag(value: Any, standard: str) -> str:
    return _STANDARD + standard if value.tag in _UNWRITTEN else value.tag


def _text(dumper: yaml.SafeDumper, value: str, style: str | None) -> yaml.ScalarNode:
    node: yaml.ScalarNode = dumper.represent_scalar(_STANDARD + "str", value, style=style)
    return node


_Dumper.add_representer(
    Mapping, lambda dumper, value: dumper.represent_mapping(_tag(value, "map"), value.items())
)
_Dumper.add_representer(
    Sequence, lambda dumper, value: dumper.represent_sequence(_tag(value, "seq"), value)
)
_Dumper.add_representer(Quoted, lambda dumper, value: _text(dumper, str(value), '"'))


def write_tree(tree: Mapping) -> str:
    """The document."""
    text: str = yaml.dump(tree, Dumper=_Dumper, sort_keys=False, width=100)
    return text
