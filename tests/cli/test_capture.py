"""``loas-tl capture`` and ``summary``, as a user types them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from loas_tl import InputError, capture
from tests.cli.outcome import Run

PROGRAM = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.fc = nn.Conv2d(2, 4, 3, padding=1), nn.Linear(4 * 25, 3)

    def forward(self, x):
        volts, out = 0.0, 0.0
        for step in x:
            volts = volts + self.conv(step)
            spikes = (volts >= 0.2).float()
            volts = volts - 0.2 * spikes
            out = out + self.fc(spikes.flatten(1))
        return out

ready = Net()
text = "no model"
def broken(): raise KeyError("weights")
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("mine.py").write_text(PROGRAM)
    np.savez("inputs.npz", x=np.random.default_rng(0).random((4, 3, 2, 5, 5)) < 0.3)
    return tmp_path


CAPTURE = ("capture", "mine.py:Net", "--inputs", "inputs.npz", "--timesteps", "4", "-o", "m.npz")


@pytest.mark.snn
def test_a_model_of_a_file_becomes_a_network_for_every_command(run: Run) -> None:
    pytest.importorskip("torch")
    captured = run(*CAPTURE)
    captured.assert_succeeded()
    assert "Net: 3 samples; 0 of 2 layers not captured" in captured.out
    summary = run("summary", "m.npz", "--json", "-")
    document = json.loads(summary.out)
    assert [row["layer"] for row in document["layers"]] == ["conv", "fc"]
    compared = run("compare", "--tensors", "m.npz", "--accelerator", "LoAS", "--json", "-")
    assert json.loads(compared.out)["totals"][0]["samples"] == 3
    formats = run("formats", "--tensors", "m.npz", "--layer", "fc")
    formats.assert_succeeded()
    assert run("capture", "mine.py:ready", *CAPTURE[2:]).code == 0


@pytest.mark.snn
@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_weights_come_from_a_file(run: Run, folder: Path, suffix: str) -> None:
    torch = pytest.importorskip("torch")
    save = pytest.importorskip("safetensors.torch").save_file
    weights = {
        "conv.weight": torch.ones(4, 2, 3, 3),
        "conv.bias": torch.zeros(4),
        "fc.weight": torch.full((3, 100), -2.0),
        "fc.bias": torch.zeros(3),
    }
    path = folder / f"w{suffix}"
    if suffix == ".pth":
        torch.save({"epoch": 3, "state_dict": weights}, path)
    else:
        save(weights, path)
    torch.save(torch.ones(4, 3, 2, 5, 5), folder / "x.pt")
    more = ("--weights", path.name, "--inputs", "x.pt", "--samples", "2")
    run(*CAPTURE[:2], *more, *CAPTURE[4:]).assert_succeeded()
    found = np.load("m.npz")
    assert set(np.unique(found["conv/w"])) == {1}
    assert set(np.unique(found["fc/w"])) == {-2}
    assert len(found["conv/words"]) == 2


@pytest.mark.snn
@pytest.mark.parametrize(
    ("changed", "mentions"),
    [
        ({1: "mine.py"}, ("mine.py: ", "module.py:factory")),
        ({1: "mine.py:Other"}, ("mine.py: has no 'Other'",)),
        ({1: "mine.py:text"}, ("'str' object is not callable",)),
        ({1: "mine.py:broken"}, ("broken: KeyError: 'weights'",)),
        ({1: "none.py:Net"}, ("none.py", "expected a Python file")),
        ({3: "none.npz"}, ("none.npz: no such file",)),
        ({3: "mine.py"}, ("mine.py: is not an .npz file",)),
        ({5: "3"}, ("capture: which axis",)),
        ({7: "m.pth"}, ("m.pth: expected a name that ends in .npz",)),
        ({7: "none/../../m/m.npz"}, ()),
    ],
)
def test_what_cannot_be_captured_is_refused_in_a_line(
    run: Run, folder: Path, changed: dict[int, str], mentions: tuple[str, ...]
) -> None:
    pytest.importorskip("torch")
    arguments = [changed.get(at, argument) for at, argument in enumerate(CAPTURE)]
    refused = run(*arguments)
    if mentions:
        refused.assert_refused(*mentions)
        assert not list(folder.glob("*.np[yz]")) or not (folder / "m.npz").exists()


@pytest.mark.snn
def test_files_that_would_run_code_are_refused_and_not_run(run: Run, folder: Path) -> None:
    torch = pytest.importorskip("torch")
    from tests.workload.examples import TouchesWhenUnpickled

    touched = folder / "touched"
    torch.save({"w": TouchesWhenUnpickled(touched)}, folder / "bad.pth")
    refused = run(*CAPTURE, "--weights", "bad.pth")
    refused.assert_refused("bad.pth: cannot be loaded safely")
    (folder / "bad.pth").rename(folder / "bad.pt")
    run(*CAPTURE[:3], "bad.pt", *CAPTURE[4:]).assert_refused("bad.pt: cannot be loaded safely")
    assert not touched.exists()


@pytest.mark.snn
def test_weights_of_another_model_are_refused_by_name(run: Run, folder: Path) -> None:
    torch = pytest.importorskip("torch")
    torch.save({"conv.weight": torch.ones(4, 2, 3, 3)}, folder / "w.pth")
    run(*CAPTURE, "--weights", "w.pth").assert_refused("w.pth: does not fit the model", "fc.weight")


def test_without_torch_the_message_says_how_to_get_it(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    run(*CAPTURE).assert_refused("needs PyTorch", "pip install 'loas-tl[torch]'")
    with pytest.raises(InputError, match="needs PyTorch"):
        capture(object(), [])


def test_without_nir_the_message_says_how_to_get_it(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "nir", None)
    Path("net.nir").write_bytes(b"some graph")
    run("capture", "net.nir", *CAPTURE[2:]).assert_refused("pip install 'loas-tl[nir]'")


def test_the_help_says_that_the_file_runs(run: Run) -> None:
    assert "is a program and runs as one" in " ".join(run("capture", "--help").out.split())


def test_a_summary_of_a_file_that_is_none_is_refused(run: Run) -> None:
    run("summary", "mine.py").assert_refused("mine.py: is not an .npz file")


@pytest.mark.snn
def test_a_nir_graph_is_captured_from_its_file(run: Run) -> None:
    nir = pytest.importorskip("nir")
    ones = np.ones(5)
    graph = nir.NIRGraph.from_list(
        nir.Linear(weight=np.eye(5, 8)),
        nir.IF(r=ones * 1e4, v_threshold=ones, v_reset=ones * 0),
        nir.Linear(weight=np.eye(3, 5)),
    )
    nir.write("net.nir", graph)
    np.savez("rows.npz", x=np.random.default_rng(0).random((4, 3, 8)) < 0.5)
    how = ("--inputs", "rows.npz", "--like", "spikingjelly")
    captured = run("capture", "net.nir", *how, *CAPTURE[6:])
    captured.assert_succeeded()
    assert "net: 3 samples; 0 of 2 layers not captured" in captured.out
    refused = run("capture", "net.nir", "--inputs", "rows.npz", "--fold-batchnorm", *CAPTURE[6:])
    refused.assert_refused("--fold-batchnorm: has no effect on a NIR graph")
    run(*CAPTURE, "--like", "nir").assert_refused("--like: has no effect on a model")
