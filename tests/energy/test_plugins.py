"""Accelergy's configuration with the plug-ins, and as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.accelergy import plugins

WRITTEN_BY_ACCELERGY = """version: '0.4'
estimator_plug_ins:
  - /usr/share/accelergy/estimation_plug_ins
primitive_components:
  - /usr/share/accelergy/primitive_component_libs
compound_components: []
math_functions: []
python_plug_ins: []
table_plug_ins:
    roots:
      - /usr/share/accelergy/table_plug_ins
"""

FORMS = {
    "as Accelergy writes it": WRITTEN_BY_ACCELERGY,
    "no indent, comments, no line end": (
        "# mine\nversion: 0.4\nprimitive_components:\n- a # first\n- b\nestimator_plug_ins:\n- c"
    ),
    "in brackets": (
        "version: 0.4\nestimator_plug_ins: [a, 'b c']  # two\nprimitive_components: []\n"
    ),
    "lists missing": "version: 0.4\n",
    "lists empty": "version: 0.4\nestimator_plug_ins:\nprimitive_components:\n",
    "one list in the middle of a line": (
        "version: 0.4\nmath_functions: [estimator_plug_ins]\nprimitive_components: [a]\n"
    ),
    "null": "version: 0.4\nestimator_plug_ins: ~\nprimitive_components: null # none\n",
    "quoted keys": "version: 0.4\n'estimator_plug_ins': [a]\n\"primitive_components\": []\n",
    "a byte order mark": "\ufeffestimator_plug_ins: [a]\nversion: 0.4\nprimitive_components: [b]\n",
    "in braces": "{version: 0.4, estimator_plug_ins: [a],\n primitive_components: ~}\n",
    "in braces, a list missing": "{version: 0.4, estimator_plug_ins: [a, ]}",
    "brackets over lines": (
        "version: 0.4\nestimator_plug_ins: [\n  a, # one\n  b # two\n]\n"
        "primitive_components: [\n]\n"
    ),
    "indented": "  version: 0.4\n  estimator_plug_ins:\n  - a\n",
    "a list at the end, comments after it": (
        "version: 0.4\nestimator_plug_ins:\n- 'a'  # first\n# more to come\n"
        "primitive_components:\n - b"
    ),
    "Windows' line ends": WRITTEN_BY_ACCELERGY.replace("\n", "\r\n"),
}


@pytest.fixture(params=FORMS)
def config(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "accelergy_config.yaml"
    path.write_bytes(FORMS[request.param].encode())
    return path


def lists(path: Path) -> dict[str, list[str]]:
    content = yaml.safe_load(path.read_bytes())
    return {name: content.get(name) or [] for name in plugins.LISTS}


def test_installing_adds_the_folder_and_keeps_the_rest(config: Path) -> None:
    before, original = lists(config), yaml.safe_load(config.read_bytes())
    assert not plugins.installed(config)
    assert plugins.install(config)
    assert plugins.installed(config)
    ours = str(plugins.folder())
    for name, entries in lists(config).items():
        assert sorted(entries) == sorted([*before[name], ours])
    for name, value in original.items():
        if name not in plugins.LISTS:
            assert yaml.safe_load(config.read_bytes())[name] == value


def test_uninstalling_leaves_the_configuration_as_it_was_byte_for_byte(config: Path) -> None:
    original = config.read_bytes()
    plugins.install(config)
    assert plugins.uninstall(config)
    assert config.read_bytes() == original
    assert [path.name for path in config.parent.iterdir()] == [config.name]


def test_installing_twice_changes_nothing_more(config: Path) -> None:
    original = config.read_bytes()
    plugins.install(config)
    once = config.read_bytes()
    assert not plugins.install(config)
    assert config.read_bytes() == once
    plugins.uninstall(config)
    assert config.read_bytes() == original
    assert not plugins.uninstall(config)
    assert config.read_bytes() == original


def test_what_was_edited_in_between_stays(config: Path) -> None:
    plugins.install(config)
    installed = config.read_bytes()
    on_lines = not installed.startswith((b"{", b" "))
    config.write_bytes(installed.rstrip() + (b"\nmine: [1, 2]\n" if on_lines else b"\n# mine\n"))
    expected = yaml.safe_load(config.read_bytes())
    assert plugins.uninstall(config)
    for name in plugins.LISTS:
        expected[name] = [one for one in expected[name] or [] if one != str(plugins.folder())]
    found = yaml.safe_load(config.read_bytes())
    for name, value in expected.items():
        assert (found.get(name) or []) == value


def test_the_first_folder_that_the_user_had_stays_first(tmp_path: Path) -> None:
    config = tmp_path / "accelergy_config.yaml"
    config.write_text(WRITTEN_BY_ACCELERGY)
    plugins.install(config)
    assert "/usr/share/accelergy/estimation_plug_ins" in lists(config)["estimator_plug_ins"]


# PyYAML cannot read back its own dump of a document's end or start in a flow list.
NAMES = (
    st.text("abc/_-. '", min_size=1, max_size=12)
    .map(str.strip)
    .filter(lambda name: name and "..." not in name and "---" not in name)
)


@settings(deadline=None)
@given(st.lists(NAMES, max_size=3), st.lists(NAMES, max_size=3), st.booleans(), st.booleans())
def test_any_configuration_comes_back(
    tmp_path_factory: pytest.TempPathFactory,
    estimators: list[str],
    components: list[str],
    flow: bool,
    windows: bool,
) -> None:
    content = {
        "version": "0.4",
        "estimator_plug_ins": estimators,
        "math_functions": [],
        "primitive_components": components,
    }
    text = yaml.safe_dump(content, default_flow_style=flow, sort_keys=False, width=10**6)
    if flow:
        text = "".join(
            f"{name}: {yaml.safe_dump(value, default_flow_style=True, width=10**6).split('...')[0]}"
            for name, value in content.items()
        )
    config = tmp_path_factory.mktemp("home") / "accelergy_config.yaml"
    original = (text.replace("\n", "\r\n") if windows else text).encode()
    config.write_bytes(original)
    plugins.install(config)
    assert plugins.installed(config)
    for name, entries in lists(config).items():
        assert sorted(entries) == sorted([*content[name], str(plugins.folder())])
    plugins.uninstall(config)
    assert config.read_bytes() == original


BAD: dict[str, tuple[bytes | None, tuple[str, ...]]] = {
    "a missing one": (None, ("does not exist", "run `accelergy` once")),
    "no text": (b"\xff\xfe\x00", ("cannot be read",)),
    "no YAML": (b"version: [", ("not YAML",)),
    "another file": (b"- 1\n", ("is no configuration of Accelergy",)),
    "no version": (b"estimator_plug_ins: []\n", ("is no configuration of Accelergy",)),
    "a list that is none": (
        b"version: 0.4\nestimator_plug_ins: here\n",
        ("estimator_plug_ins", "'here'", "expected a list"),
    ),
}


@pytest.mark.parametrize("bad", BAD)
def test_a_bad_configuration_is_refused_and_left_alone(bad: str, tmp_path: Path) -> None:
    content, mentions = BAD[bad]
    config = tmp_path / "accelergy_config.yaml"
    if content is not None:
        config.write_bytes(content)
    for doing in (plugins.install, plugins.uninstall, plugins.installed):
        with pytest.raises(InputError) as refused:
            doing(config)
        for mention in (str(config), *mentions):
            assert mention in str(refused.value)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == (
        [] if content is None else [content]
    )


@pytest.mark.parametrize(
    "text",
    [
        "version: 0.4\nestimator_plug_ins: &all [a]\nprimitive_components: *all\n",
        "version: 0.4\n...\n",
        "version: 0.4\nestimator_plug_ins:\n- |\n  a\n\n  b\n\nprimitive_components: []\n",
    ],
)
def test_what_cannot_be_extended_in_place_is_refused_and_left_alone(
    tmp_path: Path, text: str
) -> None:
    config = tmp_path / "accelergy_config.yaml"
    config.write_text(text)
    with pytest.raises(InputError, match="accelergy_config"):
        plugins.install(config)
    assert config.read_text() == text
    assert [path.name for path in tmp_path.iterdir()] == [config.name]


def test_the_configuration_in_the_current_folder_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    assert plugins.configuration() == tmp_path / "home" / plugins.CONFIG
    (tmp_path / "accelergy_config.yaml").touch()
    assert plugins.configuration() == Path("accelergy_config.yaml")


def test_the_plug_ins_are_where_they_are_said_to_be() -> None:
    names = {path.name for path in plugins.folder().iterdir()}
    assert {"loas_tl.estimator.yaml", "loas_tl_estimators.py", "loas_tl.lib.yaml"} <= names


def test_entries_of_environments_that_are_gone_go_as_well(tmp_path: Path) -> None:
    gone = tmp_path / "old" / "site-packages" / "loas_tl" / "energy_plugins"
    other = tmp_path / "other" / "energy_plugins"
    other.mkdir(parents=True)
    config = tmp_path / "accelergy_config.yaml"
    text = (
        "version: 0.4\nestimator_plug_ins:\n"
        f"- {gone}\n- /their/own\n- {other}\nprimitive_components: ['{gone}', /their/own]\n"
    )
    config.write_text(text)
    assert plugins.uninstall(config) == (str(gone),)
    left = yaml.safe_load(config.read_text())
    assert left["estimator_plug_ins"] == ["/their/own", str(other)]
    assert left["primitive_components"] == ["/their/own"]
    plugins.install(config)
    assert plugins.uninstall(config) == (str(plugins.folder()),)
    assert yaml.safe_load(config.read_text()) == left
    assert plugins.uninstall(config) == ()


def test_a_tab_that_one_reader_takes_and_the_other_does_not_is_refused(tmp_path: Path) -> None:
    """libyaml reads it; positions, without which nothing is edited, are of the reader in Python."""
    config = tmp_path / "c.yaml"
    config.write_text("version: 0.4\nestimator_plug_ins:\t [/mine]\nprimitive_components: []\n")
    before = config.read_bytes()
    with pytest.raises(InputError, match=r"c\.yaml"):
        plugins.install(config)
    assert config.read_bytes() == before
