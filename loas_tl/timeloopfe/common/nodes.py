"""An editable document: dictionaries and lists whose entries are attributes, too.

    node = spec.architecture.find("buffer")
    node.attributes["depth"] *= 2
    node.spatial.meshX = 4

What a class declares (:attr:`Node.fields`) gets a node of the declared class, and its default
where the document does not say. Nothing is checked here: a call parses the document into the typed
specification, which refuses what it does not know by file and key.
"""

from __future__ import annotations

import difflib
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar, SupportsIndex, cast

from loas_tl.ground import yaml_tree
from loas_tl.ground.errors import InputError
from loas_tl.timeloopfe.common.walking import Walked

REQUIRED: Any = object()
"""The default of a key that must be given."""


class ParseError(InputError):
    """A document that cannot be built."""


@dataclass(frozen=True)
class Field:
    """What a class declares of a key, of a list's items, or of those with a tag.

    Attributes:
        type: a :class:`Node` class, another type, several, or None for anything.
        default: where the document says nothing.
        cast: makes the value, in place of the class.
        set_from: the processor that declared it, and takes it away again.
        partial: keys with this word in them are meant, too.
    """

    type: Any = None
    default: Any = REQUIRED
    cast: Callable[[Any], Any] | None = None
    set_from: Any = None
    partial: bool = False

    def make(self, value: Any) -> Any:
        """A value of the declared class, with its place in the files.

        Args:
            value: as it stands in the document.

        Returns:
            A node of the class, what ``cast`` makes of it, or the value itself.

        Raises:
            ParseError: where no node can be made of it.
        """
        kind = self.type
        if value is None or self.cast is not None:
            return value if value is None or self.cast is None else self.cast(value)
        if isinstance(kind, type) and issubclass(kind, Node) and not isinstance(value, kind):
            fits = dict if issubclass(kind, dict) else list
            # A list of mappings is one mapping, as that of several files of variables.
            if isinstance(value, fits) or (fits is dict and _are_mappings(value)):
                return cast("Any", kind)(value)
        return plain_node(value)


class Node(Walked):
    """A dictionary or a list of a document.

    Attributes:
        fields: what the class declares, beside its bases.
        tag: as in ``!Component``; None for none.
        file, line, places: where it and its keys stand, empty where Python made it.
    """

    fields: ClassVar[dict[str, Field]] = {}
    tag: str | None = None
    file: str | None = None
    line: int = 0
    places: Mapping[str, yaml_tree.Place] = MappingProxyType({})

    @classmethod
    def declared(cls) -> dict[str, Field]:
        """All that the class and its bases declare; the class itself has the last word."""
        known: dict[str, Field] = {}
        for base in reversed(cls.__mro__):
            known |= base.__dict__.get("fields", {})
        return known

    @classmethod
    def declare_attrs(cls, *_: Any, **__: Any) -> None:
        """What a class of one's own extends, to declare its keys."""

    @classmethod
    def add_attr(
        cls,
        key_or_tag: str,
        required_type: Any = None,
        default: Any = REQUIRED,
        callfunc: Callable[[Any], Any] | None = None,
        part_name_match: bool | None = None,
        no_change_key: bool | None = None,  # noqa: ARG003 - keys are never changed
        **_: Any,
    ) -> None:
        """Declares a key of a dictionary, or items of a list.

        Args:
            key_or_tag: the key; of items the tag, or ``""`` for all.
            required_type: see :class:`Field`, as are the next two.
            default: where the document says nothing.
            callfunc: makes the value.
            part_name_match: whether keys with this word in them are meant, too.
            no_change_key: without effect: keys are never changed.
        """
        if "fields" not in cls.__dict__:  # what a base declares is the base's own
            cls.fields = {}
        cls.fields[key_or_tag] = Field(
            required_type, default, callfunc, partial=bool(part_name_match)
        )

    @property
    def logger(self) -> logging.Logger:
        """Of the class."""
        return logging.getLogger(type(self).__name__)

    def _place(self, source: object) -> None:
        """Takes tag, file and lines from what the node is made of."""
        for name in ("tag", "file", "line", "places"):
            found = getattr(source, name, None)
            if found:
                self.__dict__[name] = found

    def get_tag(self) -> str:
        """The tag, empty for none."""
        return self.tag or ""

    def get_name(self) -> str:
        """The class, and the name where there is one."""
        name = self.get("name") if isinstance(self, dict) else None
        return f"{type(self).__name__}({name})" if name else type(self).__name__

    def __reduce__(self) -> tuple[Any, ...]:
        values = dict(self) if isinstance(self, dict) else list(cast("list[Any]", self))
        return _rebuilt, (type(self), values, self.__dict__)

    def isempty(self) -> bool:
        """Whether nothing is in it."""
        return not self

    def __str__(self) -> str:
        inner = dict(self) if isinstance(self, dict) else list(cast("list[Any]", self))
        text = repr(inner)
        return f"{self.get_name()}={text if len(text) <= 50 else text[:47] + '...'}"

    def __format__(self, format_spec: str) -> str:
        return format(str(self), format_spec)


class DictNode(Node, dict[str, Any]):
    """A mapping of the document.

    Args:
        args: mappings, or lists of mappings, whose keys it gets; later ones win.
        kwargs: keys.

    Raises:
        ParseError: an argument is no mapping.
        KeyError: a required key is missing (of a node made in Python; for files the call says
            so, with the place).
    """

    _open: ClassVar[bool] = False
    """Whether any key is welcome: an attribute that is set then becomes a key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        for source in _flat(args):
            if not isinstance(source, dict):
                raise ParseError(f"{type(self).__name__} is made of mappings, got {source!r:.60}")
            self._place(source)
            self.update(source)
        self.update(kwargs)
        missing = self._fill(self.declared())
        if missing and self.file is None:
            raise KeyError(f"{type(self).__name__}: missing {', '.join(missing)}")

    def _fill(self, fields: dict[str, Field]) -> list[str]:
        """Puts defaults where nothing stands; returns the keys that have none and are missing."""
        missing = []
        for key, field in fields.items():
            if key in self or not key:
                continue
            if field.default is REQUIRED:
                if not field.partial:
                    missing.append(key)
                continue
            default = field.default
            fresh = type(default)(default) if isinstance(default, dict | list) else default
            self[key] = fresh
            self._defaulted().add(key)
        return missing

    def _defaulted(self) -> set[str]:
        """Keys that nobody has given."""
        return cast("set[str]", self.__dict__.setdefault("_defaults", set()))

    def is_given(self, key: str) -> bool:
        """Whether a key is there for another reason than its default.

        Args:
            key: the key.

        Returns:
            False where it is not there, or nobody has given it.
        """
        return key in self and key not in self.__dict__.get("_defaults", ())

    def _entries(self) -> Iterator[tuple[Any, Any]]:
        return iter(self.items())

    def _field(self, key: str) -> Field:
        known = self.declared()
        if key in known:
            return known[key]
        return next((f for name, f in known.items() if f.partial and name in key), Field())

    def __setitem__(self, key: str, value: Any) -> None:
        self.__dict__.get("_defaults", set()).discard(key)
        super().__setitem__(key, self._field(key).make(value))

    def update(self, *args: Any, **kwargs: Any) -> None:
        """As of a dictionary; values become nodes of the declared classes.

        Args:
            args: a mapping, or pairs.
            kwargs: keys.
        """
        for key, value in dict(*args, **kwargs).items():
            self[key] = value

    def setdefault(self, key: str, default: Any = None) -> Any:
        """As of a dictionary.

        Args:
            key: the key.
            default: its value where it is not there.

        Returns:
            The value that is there then.
        """
        if key not in self:
            self[key] = default
        return self[key]

    def pop(self, key: str, default: Any = None) -> Any:
        """Takes a key away.

        Args:
            key: the key.
            default: what there is instead of it.

        Returns:
            Its value; the default where it is not there.
        """
        return super().pop(key, default)

    def __getattr__(self, name: str) -> Any:
        if name in self:
            return self[name]
        if name.startswith("__"):
            raise AttributeError(name)
        raise AttributeError(f"{self.get_name()} has no {name!r}{_hint(name, self)}")

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self or name in self.declared() or (self._open and not name.startswith("_")):
            self[name] = value
        elif name.startswith("_") or hasattr(type(self), name) or not _is_ours(type(self)):
            super().__setattr__(name, value)
        else:
            known = [*self.declared(), *self]
            raise AttributeError(f"{self.get_name()} has no {name!r}{_hint(name, known)}")

    def __delattr__(self, name: str) -> None:
        if name in self:
            del self[name]
        else:
            super().__delattr__(name)


class ListNode(Node, list[Any]):
    """A sequence of the document.

    Args:
        args: lists, one behind the other.

    Raises:
        ParseError: an argument is no list.
    """

    def __init__(self, *args: Iterable[Any]) -> None:
        super().__init__()
        for source in args:
            if isinstance(source, str) or not isinstance(source, Iterable):
                raise ParseError(f"{type(self).__name__} is made of lists, got {source!r:.60}")
            self._place(source)
            self.extend(source)

    def _make(self, item: Any) -> Any:
        """An item of the class declared for its tag, or for all."""
        known = self.declared()
        field = known.get(getattr(item, "tag", None) or "") or known.get("") or Field()
        return field.make(item)

    def _entries(self) -> Iterator[tuple[Any, Any]]:
        return enumerate(self)

    def append(self, item: Any) -> None:
        """As of a list; items become nodes of the declared classes.

        Args:
            item: the item.
        """
        super().append(self._make(item))

    def extend(self, items: Iterable[Any]) -> None:
        """As of a list.

        Args:
            items: become nodes of the declared classes.
        """
        super().extend(self._make(item) for item in list(items))

    def insert(self, index: SupportsIndex, item: Any) -> None:
        """As of a list.

        Args:
            index: where.
            item: becomes a node of the declared class.
        """
        super().insert(index, self._make(item))

    def __setitem__(self, index: Any, value: Any) -> None:
        made = [self._make(v) for v in value] if isinstance(index, slice) else self._make(value)
        super().__setitem__(index, made)

    def __iadd__(self, items: Iterable[Any]) -> ListNode:  # type: ignore[misc]
        self.extend(items)
        return self

    def combine(self, other: Iterable[Any]) -> ListNode:
        """Adds the items of another list.

        Args:
            other: the other list.

        Returns:
            This one.
        """
        self.extend(other)
        return self


class CombinableListNode(ListNode):
    """A list whose parts may stand in several places."""


class FlatteningListNode(CombinableListNode):
    """A list that takes the items of lists in it."""

    def extend(self, items: Iterable[Any]) -> None:
        """As of a list; lists in it are taken apart.

        Args:
            items: items, or lists of them.
        """
        for item in items:
            if isinstance(item, list):
                self.extend(item)
            else:
                super().extend([item])


def _rebuilt(cls: Any, values: Any, attributes: dict[str, Any]) -> Any:
    """A copy, or one from another process: as it was, without a default filled in anew."""
    node = cls.__new__(cls)
    base: Any = dict if isinstance(values, dict) else list
    base.__init__(node, values)
    node.__dict__.update(attributes)
    return node


def plain_node(value: Any) -> Any:
    """A mapping or list of a file as an editable node; anything else as it is."""
    if isinstance(value, Node):
        return value
    if isinstance(value, yaml_tree.Mapping):
        return OpenNode(value)
    if isinstance(value, yaml_tree.Sequence):
        return ListNode(value)
    return value


class OpenNode(DictNode):
    """A mapping that nothing is declared of."""

    _open = True


def _are_mappings(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, dict) for each in _flat(value))


def _flat(args: Sequence[Any]) -> Iterator[Any]:
    for item in args:
        if isinstance(item, list):
            yield from _flat(item)
        else:
            yield item


def _hint(name: str, known: Iterable[str]) -> str:
    names = list(known)
    close = [each for each in names if each.lower() == name.lower()]
    close = close or difflib.get_close_matches(name, names, 1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _is_ours(cls: type) -> bool:
    return cls.__module__.startswith(__name__.partition(".")[0] + ".")
