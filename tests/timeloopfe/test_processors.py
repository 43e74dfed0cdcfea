"""Processors of a script's own."""

import io
import pickle
from pathlib import Path

import pytest

import loas_tl.timeloopfe.v4 as tl
from tests.timeloopfe.documents import VARIABLES, write


class Widening(tl.Processor):
    """Makes memories deeper by a key of its own."""

    keep = False

    def declare_attrs(self) -> None:
        super().add_attr(tl.arch.Storage, "times_deeper", int, 1)

    def process(self, spec: tl.Specification) -> None:
        super().process(spec)
        for storage in spec.architecture.get_nodes_of_type(tl.arch.Storage):
            times = storage.times_deeper if self.keep else storage.pop("times_deeper")
            if storage.attributes.depth is not None:
                storage.attributes.depth *= times


class Keeping(Widening):
    """Leaves its key behind."""

    keep = True


class Halving(tl.Processor):
    """Works before expressions have values, and again after."""

    def pre_parse_process(self, spec: tl.Specification) -> None:
        super().pre_parse_process(spec)
        spec.variables["WORD"] = f"({spec.variables['WORD']}) // 2"

    def process(self, spec: tl.Specification) -> None:
        super().process(spec)
        assert spec.variables["WORD"] == 4
        assert spec.architecture.find("DRAM").attributes["datawidth"] == 4
        spec.problem.instance["M"] *= spec.variables["WORD"] // 4


def test_a_key_of_a_processors_own(tmp_path: Path) -> None:
    files = write(tmp_path)
    spec = tl.Specification.from_yaml_files(files, processors=[Widening])
    assert spec.architecture.find("DRAM").times_deeper == 1
    spec.architecture.find("buffer").times_deeper = 3
    assert spec.typed().architecture.node("buffer").attributes["depth"] == 1536
    assert spec.architecture.find("buffer").attributes["depth"] == 512, (
        "the script's own is as it was"
    )
    tl.call_model(spec, log_to=io.StringIO())
    spec.process()
    assert spec.architecture.find("buffer").attributes["depth"] == 1536
    assert "times_deeper" not in spec.architecture.find("buffer")
    plain = tl.Specification.from_yaml_files(files)
    assert "times_deeper" not in plain.architecture.find("buffer"), "of one document alone"


def test_a_key_that_is_left_behind(tmp_path: Path) -> None:
    spec = tl.Specification.from_yaml_files(write(tmp_path), processors=[Keeping()])
    with pytest.raises(tl.ProcessorError, match=r"Storage\(DRAM\).times_deeper is left; Keeping"):
        tl.call_model(spec)


def test_before_and_after_expressions_have_values(tmp_path: Path) -> None:
    spec = tl.Specification.from_yaml_files(write(tmp_path), processors=[Halving])
    found = spec._process()
    assert found.variables["WORD"] == 4
    assert spec.variables["WORD"] == "4 * 2"
    result = tl.call_model(spec, log_to=io.StringIO())
    assert result.variables["WORD"] == 4


def double(x: int) -> int:
    return 2 * x


@pytest.mark.parametrize("processors", [[], [Widening]])
def test_functions_of_a_scripts_own(tmp_path: Path, processors: list[type]) -> None:
    files = write(tmp_path)
    spec = tl.Specification.from_yaml_files(
        files, processors=processors, functions={"double": double}
    )
    spec.variables["f"] = double
    spec.variables["WORD"] = "double(4)"
    assert tl.call_model(spec, log_to=io.StringIO()).variables["WORD"] == 8
    spec.globals.expression_custom_functions = ["double.py"]
    assert tl.call_model(spec, log_to=io.StringIO()).variables["WORD"] == 8
    plain = tl.Specification.from_yaml_files(files, processors=processors)
    plain.globals.expression_custom_functions = ["double.py"]
    with pytest.raises(tl.CallError, match="expression_custom_functions"):
        tl.call_model(plain)


def test_sections_that_are_lists_of_mappings(tmp_path: Path) -> None:
    listed = VARIABLES.replace("  version: 0.4\n", "- {version: 0.4, HALF: 4}\n- version: 0.4\n")
    spec = tl.Specification.from_yaml_files(write(tmp_path, variables=listed))
    assert spec.variables.HALF == 4
    spec.variables.WORD = "HALF * 2"
    assert spec.typed().variables == {
        "HALF": 4,
        "technology": -1,
        "global_cycle_seconds": 2e-9,
        "WORD": 8,
    }


class Counting(tl.Processor):
    """Reads factors that were expressions."""

    def process(self, spec: tl.Specification) -> None:
        super().process(spec)
        factors = spec.architecture.find("PE").constraints.spatial.factors
        assert factors.get_split_factors()[0] == ("M", "=", 4)


def test_factors_that_are_expressions(tmp_path: Path) -> None:
    files = write(tmp_path)
    spec = tl.Specification.from_yaml_files(files, processors=[Counting])
    plain = tl.Specification.from_yaml_files(files)
    for each, factor in (
        (spec, "('M=' + str(PE.get_fanout() * PE.spatial.meshY))"),
        (plain, "M=4"),
    ):
        each.architecture.find("PE").constraints.spatial.factors = [factor]
    assert spec.typed() == plain.typed()


def test_with_processors_a_document_goes_to_another_process(tmp_path: Path) -> None:
    spec = tl.Specification.from_yaml_files(write(tmp_path), processors=[Widening, Halving()])
    again = pickle.loads(pickle.dumps(spec))  # noqa: S301
    assert again.typed() == spec.typed()


def test_what_timeloopfe_always_runs_is_of_the_call(tmp_path: Path) -> None:
    spec = tl.Specification.from_yaml_files(write(tmp_path))
    before = spec.typed()
    spec.process(tl.processors.REQUIRED_PROCESSORS)
    spec.process(tl.processors.References2CopiesProcessor)
    assert spec.typed() == before


def test_placeholders_for_prices(tmp_path: Path) -> None:
    spec = tl.Specification.from_yaml_files(write(tmp_path))
    spec.variables["technology"] = "'45nm'"
    spec.process(tl.processors.EnableDummyTableProcessor)
    found = tl.call_model(spec, log_to=io.StringIO())
    assert found.per_component_energy["mac"] == pytest.approx(512e-12)
    assert not found.notes


def test_what_is_no_processor(tmp_path: Path) -> None:
    with pytest.raises(tl.ProcessorError, match="expected a Processor, got <class 'dict'>"):
        tl.Specification.from_yaml_files(write(tmp_path), processors=[dict])  # type: ignore[list-item]
    with pytest.raises(tl.ProcessorError, match="add_attr is about a class of nodes"):
        Widening().add_attr(int, "x")  # type: ignore[arg-type]


class Slanted(tl.arch.Container):
    """A container with a tag of its own."""

    @classmethod
    def declare_attrs(cls, *args: object, **kwargs: object) -> None:
        super().declare_attrs(*args, **kwargs)
        super().add_attr("angle", int, 45)
        tl.arch.ArchNodes.add_attr("!Slanted", Slanted)


class Straightening(tl.Processor):
    """Makes plain containers of slanted ones."""

    def declare_attrs(self) -> None:
        Slanted.declare_attrs()

    def process(self, spec: tl.Specification) -> None:
        super().process(spec)
        for node, put in spec.get_setters_for_keytag("!Slanted"):
            assert node.pop("angle") == 45
            plain = tl.arch.Container(dict(node))
            plain.tag = "!Container"
            put(plain)


def test_a_tag_of_a_processors_own(tmp_path: Path) -> None:
    from tests.timeloopfe.documents import ARCH

    files = write(tmp_path, arch=ARCH.replace("!Container\n    name: PE", "!Slanted\n    name: PE"))
    spec = tl.Specification.from_yaml_files(files, processors=[Straightening])
    assert isinstance(spec.architecture.find("PE"), Slanted)
    assert spec.typed().architecture.node("PE").spatial.mesh_x == 4
