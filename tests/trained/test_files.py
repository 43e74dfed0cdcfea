"""Weights and inputs that nobody saved by mistake: refused by name, in bounds, nothing run."""

from __future__ import annotations

import io
import pickle
import zipfile
from pathlib import Path
from typing import Any

import pytest

from loas_tl import InputError
from loas_tl.ground import memory
from loas_tl.trained.files import load_inputs, load_weights
from tests.workload.examples import TouchesWhenUnpickled

torch = pytest.importorskip("torch")


@pytest.fixture
def model() -> Any:
    return torch.nn.Linear(3, 2)


STATE = {"weight": torch.ones(2, 3), "bias": torch.zeros(2)}


@pytest.mark.parametrize(
    ("state", "mention"),
    [
        ({"weight": torch.ones(2, 3)}, "misses bias"),
        (STATE | {"gain": torch.ones(2)}, "has gain"),
        (STATE | {f"w{at}" * 100: torch.ones(1) for at in range(2000)}, "and 1997 more"),
        (
            STATE | {"bias": torch.ones(3)},
            r"bias: has shape \[3\]; expected \[2\], as",
        ),
        (STATE | {"bias": torch.ones(1).expand(2**40)}, "bias: has shape"),
        (STATE | {"bias": [0.0, 0.0]}, "bias: is a list; expected a tensor"),
        (STATE | {"bias": None}, "bias: is nothing; expected a tensor"),
        (STATE | {"weight": torch.ones(2, 3).to_sparse()}, "weight: is a tensor that is sparse"),
        (STATE | {"weight": torch.ones(2, 3) * 1j}, "weight: is a tensor that is complex"),
        (STATE | {"weight": torch.ones(2, 3, device="meta")}, "weight: .*without values"),
        (STATE | {3: torch.ones(1)}, "has a int for a name"),
        ([1, 2], "holds a list; expected a state dict"),
    ],
)
def test_states_of_another_model_are_refused_by_name(
    model: Any, tmp_path: Path, state: Any, mention: str
) -> None:
    path = tmp_path / "w.pth"
    torch.save(state, path)
    with pytest.raises(InputError, match=rf"w\.pth: .*{mention}") as refused:
        load_weights(model, path)
    assert len(str(refused.value)) <= 500


@pytest.mark.parametrize("where", ["state_dict", "model", None])
@pytest.mark.parametrize("zipped", [True, False])
def test_states_are_taken_from_where_scripts_keep_them(
    model: Any, tmp_path: Path, where: str | None, zipped: bool
) -> None:
    path = tmp_path / "w.pth"
    whole = STATE if where is None else {where: STATE, "epoch": 3}
    torch.save(whole, path, _use_new_zipfile_serialization=zipped)
    load_weights(model, path)
    assert torch.equal(model.weight, STATE["weight"])


def test_pytorch_decides_what_a_model_can_do_without(tmp_path: Path) -> None:
    # Checkpoints of before 2018, and many .safetensors, have no count of batches.
    path = tmp_path / "w.pth"
    model, other = torch.nn.BatchNorm1d(2), torch.nn.BatchNorm1d(2)
    torch.nn.init.constant_(other.weight, 7.0)
    state = {k: v for k, v in other.state_dict().items() if k != "num_batches_tracked"}
    torch.save(state, path)
    load_weights(model, path)
    assert torch.equal(model.weight, other.weight)


@pytest.mark.parametrize("within", ["a pickle", "an archive"])
def test_nothing_is_run(model: Any, tmp_path: Path, within: str) -> None:
    touched, path = tmp_path / "touched", tmp_path / "w.pt"
    data = pickle.dumps({"weight": TouchesWhenUnpickled(touched)})
    if within == "an archive":
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as packed:
            packed.writestr("w/data.pkl", data)
            packed.writestr("w/version", "3\n")
        data = file.getvalue()
    path.write_bytes(data)
    for load in (lambda: load_weights(model, path), lambda: load_inputs(path)):
        with pytest.raises(InputError, match=r"w\.pt: cannot be loaded safely"):
            load()
    assert not touched.exists()


def test_archives_that_unpack_to_more_than_there_may_be_are_not_unpacked(
    model: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "w.pth"
    torch.save(STATE, path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("w/data/9", bytes(2_000_000))
    monkeypatch.setattr(memory._Allowed, "bytes", 10**6)
    monkeypatch.setattr(torch, "load", None)
    with pytest.raises(InputError, match=r"w\.pth: its tensors would take .*memory.allow"):
        load_weights(model, path)


def test_an_archive_of_several_disks_is_refused(model: Any, tmp_path: Path) -> None:
    path = tmp_path / "w.pth"
    torch.save(STATE, path)
    data = bytearray(path.read_bytes())
    end = data.rindex(b"PK\x05\x06")
    data[end + 4 : end + 6] = b"\x01\x00"
    locator = data.rfind(b"PK\x06\x07")
    if locator >= 0:
        data[locator + 16] = 9
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"w\.pth: "):
        load_weights(model, path)


@pytest.mark.parametrize(
    ("inputs", "mention"),
    [
        (torch.ones(1).expand(10**6, 10**6), "its tensors would take 4e"),
        ((torch.ones(2), "x"), "1: holds a text; expected a tensor"),
        ({"x": torch.ones(2)}, "holds names with values; expected a tensor"),
        ([], "holds no tensors"),
        (torch.ones(2).to_sparse(), "is a tensor that is sparse"),
    ],
)
def test_inputs_that_are_none_are_refused_by_name(
    tmp_path: Path, inputs: Any, mention: str
) -> None:
    path = tmp_path / "i.pt"
    torch.save(inputs, path)
    with pytest.raises(InputError, match=rf"i\.pt: .*{mention}"):
        load_inputs(path)


@pytest.mark.parametrize("length", [2**63, 2**40, 0, 10**8 + 1])
def test_headers_of_safetensors_are_not_believed(model: Any, tmp_path: Path, length: int) -> None:
    save = pytest.importorskip("safetensors.torch").save
    path = tmp_path / "w.safetensors"
    path.write_bytes(length.to_bytes(8, "little") + save(STATE)[8:])
    with pytest.raises(InputError, match=r"w\.safetensors: is damaged"):
        load_weights(model, path)
