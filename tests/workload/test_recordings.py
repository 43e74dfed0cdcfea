from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from loas_tl import InputError, compare, load_spikes
from loas_tl.report.rows import coverage_words
from loas_tl.workload.description import read_recording
from loas_tl.workload.im2col import Convolution, im2col
from loas_tl.workload.recordings import shipped_descriptions
from loas_tl.workload.statistics import published_networks
from tests.workload.examples import (
    MAP_EXPECTED,
    NOT_ARCHIVES,
    Array,
    BadFile,
    TouchesWhenUnpickled,
    as_npy,
    as_zip,
    ids,
    save,
    spikes,
    weights,
)

MAP = spikes(4, 3, 6, 5)
FEATURES = spikes(4, 20, seed=1)
W_CONV = weights(27, 8)
CONV = "{kernel: 3, stride: 2, padding: 1, output_channels: 8, weight_sparsity: 0.75}"
FC = "{output_channels: 5, weight_sparsity: 0.4}"
BOTH = f"layers:\n  conv: {CONV}\n  fc: {FC}\n"


class Folder:
    """A good recording in a folder; tests replace what they need to."""

    def __init__(self, path: Path) -> None:
        self.spikes = save(path / "maps.npz", {"fc": FEATURES, "conv": MAP, "unused": MAP[:, :1]})
        self.layers = path / "layers.yaml"
        self.describe(BOTH)

    def describe(self, text: str | bytes) -> None:
        self.layers.write_bytes(text.encode() if isinstance(text, str) else text)

    def refusal(self) -> str:
        """The message with which the recording is refused."""
        with pytest.raises(InputError) as refused:
            load_spikes(self.spikes, self.layers)
        assert len(str(refused.value).splitlines()) == 1
        return str(refused.value)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_a_convolution_reads_its_map_through_im2col(folder: Folder) -> None:
    layer = load_spikes(folder.spikes, folder.layers).layers[0]
    np.testing.assert_array_equal(layer.spikes, im2col(MAP, Convolution(3, 2, 1)))
    assert layer.weights.shape == (27, 8)


def test_features_are_one_row_of_a_fully_connected_layer(folder: Folder) -> None:
    layer = load_spikes(folder.spikes, folder.layers).layers[1]
    np.testing.assert_array_equal(layer.spikes, FEATURES[:, np.newaxis, :])
    assert layer.weights.shape == (20, 5)


def test_layers_are_those_of_the_description_in_its_order(folder: Folder) -> None:
    network = load_spikes(folder.spikes, folder.layers)
    assert [layer.name for layer in network.layers] == ["conv", "fc"]


def test_arrays_that_no_layer_is_described_of_are_said_to_be_left_out(folder: Folder) -> None:
    network = load_spikes(folder.spikes, folder.layers)
    summary = network.summary()
    assert [(row.layer, row.captured, row.share is None) for row in summary.rows] == [
        ("conv", True, False),
        ("unused", False, True),
        ("fc", True, False),
    ]
    assert "unused  array" in str(summary)
    left = "1 of 3 layers not captured, with operations that are not known: unused"
    assert left in summary.headline
    found = compare(spikes=folder.spikes, layers=folder.layers, accelerators=["LoAS"])
    assert str(found.coverage["maps"]) == left
    assert coverage_words(found, "maps") == [
        left,
        "not captured: unused (array): layers.yaml has no layer of this name",
    ]
    record = json.loads(found.to_json())["coverage"]["maps"]
    assert record["missing_share"] is record["missing"][0]["operations"] is None
    save(folder.spikes, {"conv": MAP, "fc": FEATURES})
    assert not load_spikes(folder.spikes, folder.layers).uncovered


def test_the_network_is_called_as_the_recording_or_as_described(folder: Folder) -> None:
    assert load_spikes(folder.spikes, folder.layers).name == "maps"
    folder.describe(f"network: my network\n{BOTH}")
    assert load_spikes(str(folder.spikes), str(folder.layers)).name == "my network"


@pytest.mark.parametrize(
    "as_recorded",
    [
        lambda maps: maps.astype(np.uint8),
        lambda maps: maps.astype(np.float32),
        lambda maps: np.asfortranarray(maps),
    ],
    ids=["bytes", "floats", "column order"],
)
def test_zeros_and_ones_of_any_type_are_spikes(
    folder: Folder, as_recorded: Callable[[Array], Array]
) -> None:
    save(folder.spikes, {"conv": as_recorded(MAP), "fc": as_recorded(FEATURES)})
    layer = load_spikes(folder.spikes, folder.layers).layers[0]
    np.testing.assert_array_equal(layer.spikes, im2col(MAP, Convolution(3, 2, 1)))


@pytest.mark.parametrize("sparsity", [0, 0.25, 0.9812, 1])
def test_generated_weights_have_exactly_the_described_share_of_zeros(
    folder: Folder, sparsity: float
) -> None:
    folder.describe(f"layers:\n  fc: {{output_channels: 50, weight_sparsity: {sparsity}}}\n")
    (layer,) = load_spikes(folder.spikes, folder.layers).layers
    assert np.count_nonzero(layer.weights) == round((1 - sparsity) * 20 * 50)


def test_generated_weights_depend_on_the_seed_only(folder: Folder) -> None:
    first, again, other = (
        load_spikes(folder.spikes, folder.layers, seed=seed).layers[0].weights for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_unevenness_spreads_the_weights_over_output_channels(folder: Folder) -> None:
    spreads = []
    for unevenness in (0, 3):
        folder.describe(
            "layers:\n  fc: {output_channels: 400, weight_sparsity: 0.8, "
            f"unevenness: {unevenness}}}\n"
        )
        (layer,) = load_spikes(folder.spikes, folder.layers).layers
        spreads.append(np.count_nonzero(layer.weights, axis=0).std())
    assert spreads[1] > 2 * spreads[0]


def test_a_weights_file_is_found_beside_the_description_from_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded, described, elsewhere = (tmp_path / name for name in ("maps", "layers", "elsewhere"))
    for made in (recorded, described / "trained", elsewhere):
        made.mkdir(parents=True)
    maps = save(recorded / "maps.npz", {"conv": MAP})
    save(described / "trained" / "w.npz", {"conv": W_CONV})
    layers = described / "layers.yaml"
    layers.write_text(
        "weights: trained/w.npz\n"
        "layers:\n  conv: {kernel: 3, stride: 2, padding: 1, output_channels: 8}\n"
    )
    monkeypatch.chdir(elsewhere)
    (layer,) = load_spikes(maps, layers).layers
    np.testing.assert_array_equal(layer.weights, W_CONV)


def test_layers_that_the_weights_file_lacks_get_generated_weights(folder: Folder) -> None:
    save(folder.layers.with_name("w.npz"), {"conv": W_CONV})
    folder.describe(f"weights: w.npz\n{BOTH}")
    conv, fc = load_spikes(folder.spikes, folder.layers).layers
    np.testing.assert_array_equal(conv.weights, W_CONV)
    assert np.count_nonzero(fc.weights) == 60


PUBLISHED = [path for path in shipped_descriptions() if path.stem != "vgg9_cifar10"]


@pytest.mark.parametrize("description", PUBLISHED, ids=lambda path: path.stem)
def test_shipped_descriptions_keep_the_published_number_of_weights(description: Path) -> None:
    recording = read_recording(description)
    published = published_networks()[description.stem.partition("_")[0]]
    assert list(recording.layers) == [f"conv{layer.layer}" for layer in published]
    for described, statistics in zip(recording.layers.values(), published, strict=True):
        assert described.convolution == statistics.convolution
        assert described.output_channels == statistics.N
        assert described.weight_sparsity is not None
        size = statistics.K * statistics.N
        assert round((1 - described.weight_sparsity) * size) == statistics.weights


def test_descriptions_of_all_recordings_ship() -> None:
    assert [path.name for path in shipped_descriptions()] == [
        "alexnet_cifar10.yaml",
        "vgg16_cifar10.yaml",
        "vgg9_cifar10.yaml",
    ]


BAD_MAPS = {
    "NaN": (np.where(MAP, np.nan, 0), ("nan", "0 or 1")),
    "fractions": (MAP * 0.5, ("0.5", "0 or 1")),
    "negative": (MAP * -1, ("-1", "0 or 1")),
    "objects": (MAP.astype(object), ("objects", MAP_EXPECTED)),
    "text": (MAP.astype(str), (MAP_EXPECTED,)),
    "three extents": (MAP[0], ("[3, 6, 5]", MAP_EXPECTED)),
    "five extents": (MAP[None], (MAP_EXPECTED,)),
    "one extent": (MAP[0, 0, 0], (MAP_EXPECTED,)),
    "zero timesteps": (MAP[:0], ("[0, 3, 6, 5]", MAP_EXPECTED)),
    "zero timesteps of features": (FEATURES[:0], (MAP_EXPECTED,)),
    "no channels": (MAP[:, :0], (MAP_EXPECTED,)),
    "65 timesteps": (spikes(65, 3, 6, 5), ("65", "at most 64")),
}


@pytest.mark.parametrize("bad", BAD_MAPS)
def test_a_bad_map_is_refused_by_file_key_and_expectation(folder: Folder, bad: str) -> None:
    recorded, mentions = BAD_MAPS[bad]
    save(folder.spikes, {"conv": recorded, "fc": FEATURES})
    message = folder.refusal()
    assert message.startswith(f"{folder.spikes}: conv: ")
    for mention in mentions:
        assert mention in message


def test_a_map_that_was_not_recorded_is_refused(folder: Folder) -> None:
    save(folder.spikes, {"fc": FEATURES})
    message = folder.refusal()
    assert message.startswith(f"{folder.spikes}: conv: missing; {MAP_EXPECTED}")


def test_a_map_smaller_than_the_kernel_is_refused(folder: Folder) -> None:
    folder.describe("layers:\n  conv: {kernel: 6, output_channels: 8, weight_sparsity: 0.5}\n")
    message = folder.refusal()
    assert message.startswith(f"{folder.spikes}: conv: ")
    assert "6x6 kernel" in message
    assert "6x5 map" in message


@pytest.mark.parametrize("bad", NOT_ARCHIVES, ids=ids(NOT_ARCHIVES))
def test_recordings_that_are_no_archive_are_refused(bad: BadFile, folder: Folder) -> None:
    bad.write(folder.spikes)
    message = folder.refusal()
    assert message.startswith(f"{folder.spikes}: ")
    for mention in (*bad.mentions, "bool[T,C,H,W]"):
        assert mention in message
    assert not folder.spikes.with_suffix(".ran").exists()


def test_a_map_that_runs_code_when_unpickled_is_refused_and_not_run(folder: Folder) -> None:
    ran = folder.spikes.with_name("ran")
    save(folder.spikes, {"conv": np.array([TouchesWhenUnpickled(ran)])})
    message = folder.refusal()
    assert message.startswith(f"{folder.spikes}: conv: ")
    assert not ran.exists()


@pytest.mark.parametrize("which", ["spikes", "layers"])
def test_a_missing_file_is_refused(folder: Folder, which: str) -> None:
    path: Path = getattr(folder, which)
    path.unlink()
    assert folder.refusal().startswith(f"{path}: no such file; expected ")


@pytest.mark.parametrize("which", ["spikes", "layers"])
def test_a_folder_in_place_of_a_file_is_refused(folder: Folder, which: str) -> None:
    path = folder.spikes.parent
    setattr(folder, which, path)
    assert folder.refusal().startswith(f"{path}: is not a file; expected ")


def conv(**changed: str) -> str:
    """A description of one layer with some of its values changed; no text leaves one out."""
    values = {"kernel": "3", "output_channels": "8", "weight_sparsity": "0.5"} | changed
    return "layers:\n  conv: {" + ", ".join(f"{k}: {v}" for k, v in values.items() if v) + "}\n"


BAD_VALUES = {
    "no kernel at all": (conv(kernel="0"), "layers.conv.kernel", "1"),
    "kernel as text": (conv(kernel="big"), "layers.conv.kernel", "whole number"),
    "kernel of three sides": (conv(kernel="[3, 3, 3]"), "layers.conv.kernel", "2 items"),
    "kernel of no side": (conv(kernel="[]"), "layers.conv.kernel", "1 item"),
    "other padding": (conv(padding="valid"), "layers.conv.padding", "or same"),
    "no padding": (conv(padding="null"), "layers.conv.padding", "same"),
    "same padding and a stride": (conv(padding="same", stride="2"), "layers.conv", "stride 1"),
    "negative dilation": (conv(dilation="-1"), "layers.conv.dilation", "1"),
    "a stride and no kernel": (
        "layers: {fc: {stride: 2, output_channels: 5, weight_sparsity: 0}}",
        "layers.fc",
        "stride goes with kernel",
    ),
    "groups that do not divide the outputs": (
        conv(groups="3", output_channels="8"),
        "layers.conv.groups",
        "divisor of the 8",
    ),
    "half a pixel": (conv(kernel="2.5"), "layers.conv.kernel", "whole number"),
    "zero stride": (conv(stride="0"), "layers.conv.stride", "1"),
    "negative padding": (conv(padding="-1"), "layers.conv.padding", "0"),
    "no outputs": (conv(output_channels="0"), "layers.conv.output_channels", "1"),
    "outputs left out": (conv(output_channels=""), "layers.conv.output_channels", "expected"),
    "sparsity left out": (conv(weight_sparsity=""), "layers.conv.weight_sparsity", "expected"),
    "sparsity above 1": (conv(weight_sparsity="1.5"), "layers.conv.weight_sparsity", "1"),
    "negative sparsity": (conv(weight_sparsity="-0.1"), "layers.conv.weight_sparsity", "0"),
    "sparsity of NaN": (conv(weight_sparsity=".nan"), "layers.conv.weight_sparsity", "1"),
    "sparsity as text": (conv(weight_sparsity="high"), "layers.conv.weight_sparsity", "number"),
    "negative unevenness": (conv(unevenness="-1"), "layers.conv.unevenness", "0"),
    "misspelt key": (conv(kernal="3"), "layers.conv.kernal", "expected one of"),
    "unknown key": (f"{BOTH}seed: 3\n", "seed", "expected one of"),
    "a layer of nothing": ("layers:\n  conv:\n", "layers.conv", "expected keys"),
    "a list of layers": ("layers: [conv]\n", "layers", "expected keys with values"),
    "layers of nothing": ("layers:\n", "layers", "expected keys with values"),
    "an empty map of layers": ("layers: {}\n", "layers", "at least 1"),
    "no layers": ("network: x\n", "layers", "expected"),
    "a number for a name": (f"network: 3\n{BOTH}", "network", "string"),
    "a number for the weights file": (f"weights: 3\n{BOTH}", "weights", "string"),
    # More than any memory holds.
    "unbounded outputs": (
        conv(output_channels="1000000000000000"),
        *("layers.conv.output_channels", ""),
    ),
    "unbounded padding": (conv(padding="9999999"), "layers.conv.padding", ""),
}


@pytest.mark.parametrize("bad", BAD_VALUES)
def test_a_bad_value_is_refused_by_file_key_and_expectation(folder: Folder, bad: str) -> None:
    text, key, expectation = BAD_VALUES[bad]
    folder.describe(text)
    message = folder.refusal()
    assert message.startswith(f"{folder.layers}: {key}: ")
    assert expectation in message.removeprefix(f"{folder.layers}: {key}: ")


BAD_DOCUMENTS: dict[str, str | bytes] = {
    "empty": "",
    "blank": " \n",
    "a comment": "# nothing yet\n",
    "a list": "- conv\n",
    "a number": "3\n",
    "an open bracket": "layers: {conv: [}\n",
    "a tab": "layers:\n\tconv: 3\n",
    "two documents": "layers: {}\n---\nlayers: {}\n",
    "bytes": b"\x00\x01\x02\xff",
    "no UTF-8": "network: é\n".encode("latin-1"),
    "a Python object": "layers: !!python/object/apply:os.mkdir [ran]\n",
    "a month that does not exist": "network: 2020-13-45\n",
    "a number with too many digits": f"layers: {'9' * 5000}\n",
    "a number that is none": "layers: !!int many\n",
    "bottomless nesting": "[" * 5000,
}


@pytest.mark.parametrize("bad", BAD_DOCUMENTS)
def test_a_file_that_is_no_description_is_refused(
    folder: Folder, bad: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.describe(BAD_DOCUMENTS[bad])
    monkeypatch.chdir(folder.layers.parent)
    before = sorted(folder.layers.parent.iterdir())
    assert folder.refusal().startswith(f"{folder.layers}: ")
    assert sorted(folder.layers.parent.iterdir()) == before


BAD_WEIGHTS = {
    "K that differs": (W_CONV[:-1], ("26", "27")),
    "three extents": (W_CONV[None], ("[1,27,8]", "expected integer[K,N]")),
    "one extent": (W_CONV[0], ("expected integer[K,N]",)),
    "beyond 8 bits": (W_CONV.astype(int) + 256, ("8-bit", "-128 to 127")),
    "fractions": (W_CONV * 0.5, ("whole numbers",)),
    "NaN": (W_CONV * np.nan, ("nan", "whole numbers")),
    "objects": (W_CONV.astype(object), ("objects", "expected integer[K,N]")),
    "text": (W_CONV.astype(str), ("expected integer[K,N]",)),
}


@pytest.mark.parametrize("bad", BAD_WEIGHTS)
def test_bad_weights_are_refused_by_the_file_that_they_are_in(folder: Folder, bad: str) -> None:
    given, mentions = BAD_WEIGHTS[bad]
    path = save(folder.layers.with_name("w.npz"), {"conv": given})
    folder.describe(f"weights: w.npz\n{BOTH}")
    message = folder.refusal()
    # Not by the recording: its arrays are good.
    assert message.startswith(f"{path}: conv: ")
    for mention in mentions:
        assert mention in message


def test_weights_of_another_number_of_outputs_are_refused(folder: Folder) -> None:
    save(folder.layers.with_name("w.npz"), {"conv": weights(27, 7)})
    folder.describe(f"weights: w.npz\n{BOTH}")
    message = folder.refusal()
    assert "conv" in message
    assert "8" in message
    assert "N = 7" in message


def test_a_missing_weights_file_is_refused(folder: Folder) -> None:
    folder.describe(f"weights: absent.npz\n{BOTH}")
    absent = folder.layers.with_name("absent.npz")
    assert folder.refusal().startswith(f"{absent}: no such file; expected ")


def test_a_damaged_weights_file_is_refused(folder: Folder) -> None:
    path = folder.layers.with_name("w.npz")
    path.write_bytes(as_zip({"conv.npy": as_npy(W_CONV)[:-20]}))
    folder.describe(f"weights: w.npz\n{BOTH}")
    message = folder.refusal()
    assert message.startswith(f"{path}: conv: ")
    assert "expected integer[K,N]" in message


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "layers:\n  conv: {output_channels: 3}\n  conv: {output_channels: 4}\n",
            "line 3: key 'conv' is given twice",
        ),
        (
            "layers:\n  conv: {output_channels: 3, output_channels: 4}\n",
            "key 'output_channels' is given twice",
        ),
    ],
)
def test_a_key_that_is_there_twice_is_refused(folder: Folder, text: str, problem: str) -> None:
    folder.describe(text)
    assert problem in folder.refusal()


@pytest.mark.parametrize("value", ["true", "'3'", "3.0"])
def test_a_number_must_be_a_number(folder: Folder, value: str) -> None:
    folder.describe(f"layers:\n  conv: {{output_channels: 3, kernel: {value}}}\n")
    assert "layers.conv.kernel" in folder.refusal()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("layer: {conv: {output_channels: 4}}", "layer: unknown key; did you mean 'layers'?"),
        (
            "layers: {conv: {output_channel: 4}}",
            "layers.conv.output_channel: unknown key; did you mean 'output_channels'?",
        ),
        (
            "layers: {conv: {output_channels: eight}}",
            "layers.conv.output_channels: is 'eight'; expected a whole number",
        ),
        ("layers: {conv: {output_channels: 0}}", "output_channels: is 0; expected 1 or more"),
    ],
)
def test_what_is_wrong_in_a_description_is_shown(text: str, said: str, tmp_path: Path) -> None:
    described = tmp_path / "layers.yaml"
    described.write_text(text)
    with pytest.raises(InputError) as refused:
        read_recording(described)
    assert said in str(refused.value)
