"""The whole document."""

from __future__ import annotations

import copy
import glob
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from loas_tl.ground import yaml_tree
from loas_tl.ground.errors import InputError
from loas_tl.timeloopfe.common.nodes import DictNode, Field, Node, ParseError
from loas_tl.timeloopfe.common.processor import Processor, ProcessorError, made
from loas_tl.timeloopfe.common.tree import tree_of
from loas_tl.timeloopfe.v4.arch import Architecture
from loas_tl.timeloopfe.v4.art import Art
from loas_tl.timeloopfe.v4.components import Components
from loas_tl.timeloopfe.v4.constraints import Constraints, ConstraintsList
from loas_tl.timeloopfe.v4.ert import Ert
from loas_tl.timeloopfe.v4.globals import Globals
from loas_tl.timeloopfe.v4.mapper import Mapper
from loas_tl.timeloopfe.v4.mapspace import Mapspace
from loas_tl.timeloopfe.v4.problem import Problem
from loas_tl.timeloopfe.v4.sparse_optimizations import SparseOptimizations
from loas_tl.timeloopfe.v4.variables import Variables

if TYPE_CHECKING:
    from loas_tl.timeloop.spec import Spec

Files = str | Path | Iterable[str | Path]


class Specification(DictNode):
    """A Timeloop v4 specification that a script can read and change.

    Args:
        args: mappings of sections.
        processors: classes or objects that change it before a call, in this order.
        files: it came from.
        functions: what expressions may call beside Python's own, by name.
        kwargs: sections.

    Attributes:
        processors: as given.
        processors_run: those that have run.
        files: it came from.
        unused_data: names in ``jinja_parse_data`` that no template has.

    Raises:
        ParseError: a section is no mapping, or no list.
        ProcessorError: a processor is none.
    """

    fields: ClassVar[dict[str, Field]] = {
        "architecture": Field(Architecture, {}),
        "components": Field(Components, {}, partial=True),
        "constraints": Field(Constraints, {}, partial=True),
        "mapping": Field(ConstraintsList, [], partial=True),
        "mapper": Field(Mapper, {}),
        "problem": Field(Problem, None),
        "sparse_optimizations": Field(SparseOptimizations, {}),
        "variables": Field(Variables, {}),
        "mapspace": Field(Mapspace, {}),
        "globals": Field(Globals, {}, partial=True),
        "ERT": Field(Ert, {}),
        "ART": Field(Art, {}),
    }

    def __init__(
        self,
        *args: Any,
        processors: Iterable[type[Processor] | Processor] = (),
        files: Iterable[str] = (),
        functions: Mapping[str, Callable[..., Any]] | None = None,
        **kwargs: Any,
    ) -> None:
        self._start(processors, files)
        self.__dict__["functions"] = {
            name: function
            for name, function in (functions or {}).items()
            if callable(function) and not name.startswith("__")
        }
        super().__init__(*args, **kwargs)
        for cls, declared in self._of_processors.items():
            for node in self._nodes(cls):
                for key, field in declared.items():
                    if key in node:
                        node[key] = field.make(node[key])
                node._fill(declared)

    def _start(self, processors: Iterable[Any], files: Iterable[str]) -> None:
        """Asks processors first for what they declare: nodes are made by it."""
        self.__dict__["processors"] = list(processors)
        self.__dict__["processors_run"] = []
        self.__dict__["files"] = tuple(files)
        self.__dict__["unused_data"] = ()
        self.__dict__["_of_processors"] = {}
        self.__dict__["_evaluated"] = False
        for processor in self.processors:
            each = made(processor)
            each.spec = self
            each.declare_attrs()

    @classmethod
    def from_yaml_files(
        cls,
        *files: Files,
        jinja_parse_data: Mapping[str, Any] | None = None,
        processors: Iterable[type[Processor] | Processor] = (),
        include: Iterable[str | Path] = (),
        functions: Mapping[str, Callable[..., Any]] | None = None,
        **kwargs: Any,
    ) -> Specification:
        """Reads files that belong together.

        Args:
            files: paths, patterns of paths, or lists of them.
            jinja_parse_data: what templates take from outside.
            processors: classes or objects that change the document before a call.
            include: folders that templates may look into, beside those of the files and of
                absolute paths in ``jinja_parse_data``.
            functions: what expressions may call beside Python's own, by name: those of the files
                in ``globals.expression_custom_functions``, which are not run by themselves.
            kwargs: further sections.

        Returns:
            The document.

        Raises:
            InputError: a file cannot be read, or files contradict each other.
        """
        from loas_tl.timeloop.spec.loading import load

        data = dict(jinja_parse_data or {})
        folders = [*map(Path, include), *_named_folders(data)]
        loaded = load(list(_paths(files)), data=data or None, include=folders)
        spec = cls(
            loaded.tree, processors=processors, files=loaded.files, functions=functions, **kwargs
        )
        spec.__dict__["unused_data"] = loaded.unused
        return spec

    def declare(self, target: type[Node], key: str, field: Field) -> None:
        """A key of all nodes of a class, for this document alone (of a processor).

        Args:
            target: the class.
            key: the key.
            field: what is declared of it.
        """
        self._of_processors.setdefault(target, {})[key] = field

    def _nodes(self, cls: type[Node]) -> list[Any]:
        own = [self] if isinstance(self, cls) else []
        return own + self.get_nodes_of_type(cls)

    def process(
        self,
        with_processors: Any = None,
        check_types: bool = False,  # noqa: ARG002 - a call checks
        check_types_ignore_empty: bool = True,  # noqa: ARG002
        reprocess: bool = True,
    ) -> None:
        """Runs processors on the document, in place.

        Args:
            with_processors: one or several; by default the document's own.
            check_types: without effect: a call checks all that it reads.
            check_types_ignore_empty: likewise.
            reprocess: False leaves out those that have run.

        Raises:
            ProcessorError: one is no processor.
        """
        given = self.processors if with_processors is None else with_processors
        for processor in given if isinstance(given, list | tuple) else [given]:
            each = made(processor)
            ran = any(type(done) is type(each) for done in self.processors_run)
            if reprocess or not ran:
                each.process(self)
                self.processors_run.append(each)

    def parse_expressions(self, *_: Any, **__: Any) -> None:
        """Gives expressions their values, in place, after what processors do before that.

        Raises:
            InputError: an expression has no value.
            ProcessorError: a processor is none.
        """
        from loas_tl.timeloopfe.v4.evaluation import evaluate_document

        for processor in self.processors:
            made(processor).pre_parse_process(self)
        evaluate_document(self)
        self.__dict__["_evaluated"] = True

    def processed(self) -> Specification:
        """A copy in which expressions have values and processors have run.

        Returns:
            The copy.

        Raises:
            InputError: an expression has no value.
            ProcessorError: a processor has left a key that only it knows.
        """
        spec = copy.deepcopy(self)
        if not self._evaluated:
            spec.parse_expressions()
        spec.process(reprocess=False)
        spec._check_processors()
        return spec

    def _process(self) -> Specification:
        """:meth:`processed`, by the name that scripts know."""
        return self.processed()

    def _check_processors(self) -> None:
        for cls, declared in self._of_processors.items():
            for node in self._nodes(cls):
                for key, field in declared.items():
                    if key in node:
                        raise ProcessorError(
                            f"{node.get_name()}.{key} is left; {field.set_from} should have taken "
                            "it away"
                        )

    def tree(self) -> yaml_tree.Mapping:
        """The document as it goes into a call, after processors, without unsaid defaults.

        Returns:
            The tree.

        Raises:
            InputError: a value is none of a document, an expression has no value, or a processor
                fails.
        """
        spec = self.processed() if self.processors else self
        tree: yaml_tree.Mapping = tree_of(spec)
        return tree

    def typed(self) -> Spec:
        """The typed specification that engines read.

        Returns:
            The specification.

        Raises:
            InputError: something in the document is missing, unknown, or not what it must be; the
                message names the file and the keys.
        """
        from loas_tl.timeloop.spec.specification import spec_of

        return spec_of(self.tree(), self.files, self.functions)

    def to_diagram(self, *_: Any, **__: Any) -> None:
        """Not covered.

        Raises:
            InputError: always.
        """
        raise InputError(
            "to_diagram is not covered by loas_tl.timeloopfe; timeloopfe draws it, from the file "
            "parsed-processed-input.yaml of a call"
        )


def _named_folders(data: Mapping[str, Any]) -> Iterable[Path]:
    """Folders of files that the script itself names to templates."""
    for value in data.values():
        if isinstance(value, str | Path) and Path(value).is_absolute():
            path = Path(value)
            if path.exists():
                yield path if path.is_dir() else path.parent


def _paths(files: Iterable[Files]) -> Iterable[Path]:
    """Each file once, patterns filled in."""
    seen: set[Path] = set()
    for each in files:
        names: Iterable[Any] = [each] if isinstance(each, str | Path) else each
        for name in names:
            path = Path(name)
            pattern = sorted(glob.glob(str(name)))  # noqa: PTH207 - may be of any folder
            found = [path] if path.is_file() else [Path(p) for p in pattern]
            found = [p for p in found if p.is_file()]
            if not found:
                raise ParseError("is no file; expected a Timeloop v4 spec", file=path)
            for one in found:
                real = one.resolve()
                if real not in seen:
                    seen.add(real)
                    yield one
