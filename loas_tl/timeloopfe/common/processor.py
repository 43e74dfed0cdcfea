"""Changes to a document that a script brings along."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from loas_tl.ground.errors import InputError
from loas_tl.timeloopfe.common.nodes import REQUIRED, Field, Node

if TYPE_CHECKING:
    from loas_tl.timeloopfe.v4.specification import Specification


class ProcessorError(InputError):
    """A processor that did not do what it must."""


class Processor(ABC):
    """Declares keys of its own in the document, and takes them away again before a call.

    Attributes:
        spec: the document it works on.
        logger: of its class.
    """

    def __init__(self, spec: Specification | None = None) -> None:
        self.spec = spec
        self.logger = logging.getLogger(type(self).__name__)

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in self.__dict__.items() if key not in ("spec", "logger")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.spec = None
        self.logger = logging.getLogger(type(self).__name__)

    def declare_attrs(self, *_: Any, **__: Any) -> None:  # noqa: B027 - few declare any
        """What a processor extends, to declare keys with :meth:`add_attr`."""

    def add_attr(
        self,
        target: type[Node],
        key_or_tag: str,
        required_type: Any = None,
        default: Any = REQUIRED,
        callfunc: Any = None,
        *_: Any,
        **__: Any,
    ) -> None:
        """Declares a key of all nodes of a class, in this document alone.

        Args:
            target: the class.
            key_or_tag: the key; of items the tag, or ``""`` for all.
            required_type: a class of nodes, another type, several, or None for anything.
            default: where the document says nothing.
            callfunc: makes the value.

        Raises:
            ProcessorError: ``target`` is no class of nodes, or there is no document yet.
        """
        if not (isinstance(target, type) and issubclass(target, Node)):
            raise ProcessorError(f"add_attr is about a class of nodes, got {target!r:.60}")
        if self.spec is None:
            raise ProcessorError("declares keys before it belongs to a specification")
        field = Field(required_type, default, callfunc, set_from=type(self).__name__)
        self.spec.declare(target, key_or_tag, field)

    def pre_parse_process(self, spec: Specification) -> None:
        """Changes the document before its expressions have values.

        Args:
            spec: the document.
        """
        self.spec = spec

    @abstractmethod
    def process(self, spec: Specification) -> None:
        """Changes the document after its expressions have values.

        Args:
            spec: the document.
        """
        self.spec = spec

    def must_run_after(
        self, other: type, spec: Specification, ok_if_not_found: bool = False
    ) -> None:
        """Refuses to run before another.

        Args:
            other: class of the other.
            spec: the document.
            ok_if_not_found: whether it may be missing.

        Raises:
            ProcessorError: the other has not run.
        """
        if not ok_if_not_found and not any(isinstance(p, other) for p in spec.processors_run):
            raise ProcessorError(f"{other.__name__} must run before {type(self).__name__}")


def made(processor: Any) -> Processor:
    """A processor, of itself or of its class.

    Raises:
        ProcessorError: it is neither.
    """
    found = processor() if isinstance(processor, type) else processor
    if not callable(getattr(found, "process", None)):
        raise ProcessorError(f"expected a Processor, got {processor!r:.60}")
    processor_: Processor = found
    return processor_
