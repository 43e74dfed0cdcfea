"""Documents are edited as timeloopfe's are."""

import copy
import pickle
from pathlib import Path

import numpy as np
import pytest

import loas_tl.timeloopfe as tl
from loas_tl.ground.errors import InputError
from loas_tl.timeloop.spec import load_spec
from tests.timeloopfe.documents import write


@pytest.fixture
def spec(tmp_path: Path) -> tl.Specification:
    return tl.Specification.from_yaml_files(*write(tmp_path))


def test_nodes_are_of_the_classes_that_scripts_ask_for(spec: tl.Specification) -> None:
    leaves = spec.get_nodes_of_type(tl.arch.Leaf)
    assert [leaf.name for leaf in leaves] == ["system", "DRAM", "buffer", "PE", "mac"]
    assert [type(leaf).__name__ for leaf in leaves] == [
        "Container",
        "Storage",
        "Storage",
        "Container",
        "Compute",
    ]
    assert isinstance(spec.mapping[1], tl.constraints.Spatial)
    assert spec.mapping[1].factors.get_split_factors()[0] == ("M", "=", 4)
    assert len(spec.get_nodes_of_type((tl.constraints.Dataspace, tl.problem.DataSpace))) == 8
    assert spec.problem.shape.dataspace2dims("A") == ["M", "K"]
    assert spec.problem.shape.dataspace2unique_dims(["A", "B"]) == ["K"]
    assert spec.architecture.find("mac")._class == "intmac"


def test_keys_are_attributes(spec: tl.Specification) -> None:
    buffer = spec.architecture.find("buffer")
    buffer.attributes["depth"] *= 2
    buffer.attributes.depth += 1
    spec.architecture.find("PE").spatial.meshX = 2
    spec.problem.instance["M"] = 4
    spec.variables.WORD = 16
    typed = spec.typed()
    assert typed.architecture.node("buffer").attributes["depth"] == 1025
    assert typed.architecture.node("DRAM").attributes["datawidth"] == 16
    assert typed.architecture.node("PE").spatial.mesh_x == 2
    assert typed.problem.sizes["M"] == 4


def test_an_attribute_with_the_name_of_a_method_is_still_a_key(spec: tl.Specification) -> None:
    attributes = spec.architecture.find("buffer").attributes
    attributes.entries = 7
    assert attributes.entries == attributes["entries"] == 7


def test_a_misspelt_attribute_is_said(spec: tl.Specification) -> None:
    with pytest.raises(AttributeError, match="has no 'search_sise'; did you mean 'search_size'"):
        spec.mapper.search_sise = 5
    with pytest.raises(AttributeError, match="did you mean 'meshX'"):
        _ = spec.architecture.find("PE").spatial.meshx


def test_what_is_not_there_is_said(spec: tl.Specification) -> None:
    with pytest.raises(ValueError, match="'bufer' is no node of the architecture; they are system"):
        spec.architecture.find("bufer")
    with pytest.raises(ValueError, match="they are A, B, Z"):
        spec.problem.shape.name2dataspace("C")


def test_a_document_that_is_not_touched_is_what_the_files_are(tmp_path: Path) -> None:
    files = write(tmp_path)
    ours = tl.Specification.from_yaml_files(files).typed()
    assert ours == load_spec(files)


def test_defaults_that_nobody_gave_go_into_no_call(spec: tl.Specification) -> None:
    assert spec.architecture.find("buffer").attributes["n_banks"] == 2
    assert "n_banks" not in spec.typed().architecture.node("buffer").attributes
    spec.architecture.find("buffer").attributes["n_banks"] = 2
    assert spec.typed().architecture.node("buffer").attributes["n_banks"] == 2


def test_copies_are_of_their_own(spec: tl.Specification) -> None:
    for twin in (copy.deepcopy(spec), pickle.loads(pickle.dumps(spec))):  # noqa: S301
        assert twin == spec
        assert type(twin.architecture.nodes[1]) is tl.arch.Storage
        assert twin.typed() == spec.typed()
        twin.variables["WORD"] = 4
        assert spec.variables["WORD"] == "4 * 2"


def test_nodes_made_in_python(spec: tl.Specification) -> None:
    attributes = {"depth": 4, "width": 8, "datawidth": np.int64(8)}
    register = tl.arch.Storage(name="register", **{"class": "regfile"}, attributes=attributes)
    register.constraints.dataspace = tl.constraints.Dataspace(keep=["Z"], bypass=["A", "B"])
    spec.architecture.nodes.insert(4, register)
    spec.mapping.append(
        tl.constraints.Temporal(target="register", factors="M=1 N=1 K=1", permutation="KMN")
    )
    assert spec.mapping[-1].type == "temporal"
    typed = spec.typed()
    node = typed.architecture.node("register")
    assert node.attributes["datawidth"] == 8
    assert node.constraints.dataspace.bypass == ("A", "B")
    assert typed.mapping[-1].target == "register"


def test_nodes_put_in_as_plain_data(spec: tl.Specification) -> None:
    spec.architecture.nodes[2] = {"name": "x", "class": "SRAM"}  # a node without a tag
    with pytest.raises(InputError, match=r"architecture.nodes\[2\].*expected !Component"):
        spec.typed()
    node = tl.arch.component_factory(
        {"name": "x", "class": "SRAM", "attributes": {"width": 8, "depth": 2, "datawidth": 8}}
    )
    spec.architecture.nodes[2] = node
    assert isinstance(node, tl.arch.Storage)
    spec.architecture.find("x").constraints = {"dataspace": {"keep": ["A"]}}
    assert isinstance(spec.architecture.find("x").constraints.temporal, tl.constraints.Temporal)


def test_what_is_missing_in_a_node_made_in_python_is_said() -> None:
    with pytest.raises(KeyError, match="Storage: missing class"):
        tl.arch.Storage(name="x")
    with pytest.raises(ValueError, match="expected a class with one of DRAM"):
        tl.arch.component_factory({"name": "x", "class": "adder"})


def test_what_is_no_value_of_a_document_is_said(spec: tl.Specification) -> None:
    spec.variables["f"] = object()
    with pytest.raises(InputError, match=r"variables\.f: expected a value of a document"):
        spec.typed()


def test_errors_of_a_document_name_the_file_and_the_key(tmp_path: Path) -> None:
    spec = tl.Specification.from_yaml_files(write(tmp_path))
    del spec.architecture.find("PE")["name"]
    with pytest.raises(InputError, match=r"arch.yaml.*architecture.nodes\[3\]"):
        spec.typed()


def test_factors_that_are_expressions_stay_as_they_are() -> None:
    text = "('M=' + str(PE.get_fanout()))"
    factors = tl.constraints.Factors.factory(text)
    factors.add_eq_factor("K", 3)
    factors.add_eq_factor("K", 3)
    factors.remove_factor("N")
    assert list(factors) == [text, "K=3"]
    with pytest.raises(tl.ParseError, match="is no factor"):
        factors.get_split_factors()


def test_factors() -> None:
    factors = tl.constraints.Factors(["M=4", "N<=2"])
    factors.add_eq_factor("K", 3)
    factors.add_eq_factor("M", 8, overwrite=True)
    assert not factors.add_eq_factor_iff_not_exists("K", 9)
    assert factors.add_leq_factor_iff_not_exists("P", 9)
    factors.add_geq_factor("N", 1)
    assert factors == ["N<=2", "K=3", "M=8", "P<=9", "N>=1"]
    assert factors.name2factor("K") == "K=3"
    assert factors.get_minimum_product({"M": 8, "K": 3}) == 24
    factors.remove_factor("N")
    assert factors.get_factor_names() == ["K", "M", "P"]
    with pytest.raises(ValueError, match="K=4 contradicts K=3"):
        factors.add_eq_factor("K", 4)


def test_files_by_pattern_list_and_path_are_read_once(tmp_path: Path) -> None:
    files = write(tmp_path)
    spec = tl.Specification.from_yaml_files(str(tmp_path / "*.yaml"), files, str(files[0]))
    assert len(spec.architecture.nodes) == 5
    with pytest.raises(InputError, match=r"none\*.yaml: is no file"):
        tl.Specification.from_yaml_files(str(tmp_path / "none*.yaml"))


def test_tables_of_properties() -> None:
    table = tl.get_property_table(tl.arch.Component)
    assert "KEY" in table
    assert "area_scale" in table
    assert "├─ 'name'" not in table
    tree = tl.get_property_tree(tl.arch.Component)
    assert "├─ name: str REQUIRED" in tree
    assert "meshX: int = 1" in tree
    assert "meshX: 1  # int" in tl.get_property_yaml(tl.arch.Component)
    assert "==== loas_tl.timeloopfe.v4.mapper.Mapper ====" in tl.doc.get_property_table()


def test_names_that_are_not_covered_say_so() -> None:
    with pytest.raises(
        AttributeError, match="no 'to_mapper_app': it makes an object of pytimeloop"
    ):
        _ = tl.to_mapper_app
    with pytest.raises(AttributeError, match="has no 'call_modle'"):
        _ = tl.call_modle
    assert tl.v4.Specification is tl.Specification
