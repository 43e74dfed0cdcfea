"""Going through a document."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

_N = TypeVar("_N")


class Walked:
    """A dictionary or a list whose entries may be more of them."""

    def _entries(self) -> Iterator[tuple[Any, Any]]:
        """Key and value, or index and item."""
        raise NotImplementedError

    def recursive_apply(self, func: Callable[[Any], Any], self_first: bool = False) -> Any:
        """Calls a function with this node and all below it.

        Args:
            func: the function.
            self_first: whether this node comes before those below it.

        Returns:
            What it says of this node.
        """
        first = func(self) if self_first else None
        for _, value in list(self._entries()):
            if isinstance(value, Walked):
                value.recursive_apply(func, self_first)
        return first if self_first else func(self)

    def get_nodes_of_type(self, node_type: type[_N] | tuple[type[Any], ...]) -> list[_N]:
        """All nodes of a class below this one.

        Args:
            node_type: the class, or several.

        Returns:
            Nodes in the order of the document.
        """
        found: list[Any] = []
        for _, value in self._entries():
            if isinstance(value, node_type):
                found.append(value)
            if isinstance(value, Walked):
                found += value.get_nodes_of_type(node_type)
        return found

    def get_setters_for_keytag(
        self, keytag: str, recursive: bool = True
    ) -> list[tuple[Any, Callable[[Any], None]]]:
        """Values under a key or with a tag.

        Args:
            keytag: the key or the tag.
            recursive: whether those of all nodes below are meant, too.

        Returns:
            Each with a function that puts another value there.
        """
        return self._setters(
            lambda key, value: keytag in (key, getattr(value, "tag", None)), recursive
        )

    def get_setters_for_type(
        self, t: type[Any], recursive: bool = True
    ) -> list[tuple[Any, Callable[[Any], None]]]:
        """Values of a class.

        Args:
            t: the class.
            recursive: whether those of all nodes below are meant, too.

        Returns:
            Each with a function that puts another value there.
        """
        return self._setters(lambda _, value: isinstance(value, t), recursive)

    def _setters(
        self, wanted: Callable[[Any, Any], bool], recursive: bool
    ) -> list[tuple[Any, Callable[[Any], None]]]:
        found: list[tuple[Any, Callable[[Any], None]]] = []
        for key, value in list(self._entries()):
            if wanted(key, value):

                def put(new: Any, key: Any = key) -> None:
                    self[key] = new  # type: ignore[index]

                found.append((value, put))
            if recursive and isinstance(value, Walked):
                found += value._setters(wanted, recursive)
        return found
