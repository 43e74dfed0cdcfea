from __future__ import annotations

from pathlib import Path
from zipfile import ZIP_DEFLATED

import numpy as np
import pytest

from loas_tl import InputError, load_tensors
from tests.workload.examples import (
    BAD_TENSORS,
    DAMAGED,
    BadFile,
    W,
    X,
    as_npy,
    as_zip,
    ids,
    layers_file,
    one_layer,
    save,
    spikes,
    weights,
)


def refusal(path: Path) -> str:
    """The message with which a file is refused."""
    with pytest.raises(InputError) as refused:
        load_tensors(path)
    return str(refused.value)


def test_layers_are_loaded_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = layers_file(
        tmp_path / "model.npz", second=(spikes(3, 4, 5), weights(5, 6)), first=(X, W)
    )
    network = load_tensors(path)
    assert [layer.name for layer in network.layers] == ["second", "first"]
    np.testing.assert_array_equal(network.layers[0].spikes, spikes(3, 4, 5))
    np.testing.assert_array_equal(network.layers[0].weights, weights(5, 6))
    np.testing.assert_array_equal(network.layers[1].spikes, X)
    np.testing.assert_array_equal(network.layers[1].weights, W)


def test_the_network_is_called_as_the_file(tmp_path: Path) -> None:
    assert load_tensors(one_layer(tmp_path / "my model.v2.npz")).name == "my model.v2"


def test_the_path_may_be_a_string(tmp_path: Path) -> None:
    assert len(load_tensors(str(one_layer(tmp_path / "a.npz"))).layers) == 1


def test_a_layer_may_be_named_with_slashes(tmp_path: Path) -> None:
    path = one_layer(tmp_path / "a.npz", name="block1/conv2")
    assert [layer.name for layer in load_tensors(path).layers] == ["block1/conv2"]


def test_weights_may_come_before_spikes(tmp_path: Path) -> None:
    (layer,) = load_tensors(save(tmp_path / "a.npz", {"fc/w": W, "fc/x": X})).layers
    np.testing.assert_array_equal(layer.spikes, X)


def test_compressed_files_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    path.write_bytes(as_zip({"fc/x.npy": as_npy(X), "fc/w.npy": as_npy(W)}, ZIP_DEFLATED))
    (layer,) = load_tensors(path).layers
    np.testing.assert_array_equal(layer.weights, W)


def test_whole_floats_are_taken_for_what_they_are(tmp_path: Path) -> None:
    path = one_layer(tmp_path / "a.npz", X.astype(np.float32), W.astype(np.float64))
    (layer,) = load_tensors(path).layers
    assert layer.spikes.dtype == np.bool_
    assert layer.weights.dtype == np.int8


@pytest.mark.parametrize("bad", BAD_TENSORS, ids=ids(BAD_TENSORS))
def test_a_bad_file_is_refused_by_name_key_and_expectation(bad: BadFile, tmp_path: Path) -> None:
    path = tmp_path / "bad.npz"
    bad.write(path)
    message = refusal(path)
    assert message.startswith(f"{path}: ")
    assert len(message.splitlines()) == 1
    for mention in bad.mentions:
        assert mention in message
    # Some of the files would leave another behind if anything unpickled them.
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("bad", DAMAGED, ids=ids(DAMAGED))
def test_damage_is_not_taken_for_python_objects(bad: BadFile, tmp_path: Path) -> None:
    path = tmp_path / "bad.npz"
    bad.write(path)
    assert "Python objects" not in refusal(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    message = refusal(tmp_path / "absent.npz")
    assert message.startswith(f"{tmp_path / 'absent.npz'}: no such file; expected ")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    message = refusal(tmp_path)
    assert message.startswith(f"{tmp_path}: is not a file; expected ")


def test_a_name_too_long_for_any_file_is_refused(tmp_path: Path) -> None:
    message = refusal(tmp_path / ("a" * 300))
    assert "a" * 300 in message
    assert "expected" in message


def test_a_file_name_is_quoted_as_it_is(tmp_path: Path) -> None:
    # Two blanks are part of the name; with one, it would be another file's.
    path = one_layer(tmp_path / "two  blanks.npz", w=W[:-1])
    assert refusal(path).startswith(f"{path}: ")


def test_a_bad_layer_is_refused_although_others_are_good(tmp_path: Path) -> None:
    path = layers_file(tmp_path / "a.npz", good=(X, W), bad=(X, W[:-1]))
    assert refusal(path).startswith(f"{path}: bad: ")


def test_an_archive_that_is_no_npz_at_all_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    path.write_bytes(as_zip({"readme.txt": b"hello"}))
    message = refusal(path)
    assert message.startswith(f"{path}: ")
    assert "readme.txt" in message
    assert "expected" in message
