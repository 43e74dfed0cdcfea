"""What stands at the end of every command's help."""

from __future__ import annotations

import argparse

EXAMPLES: dict[str, tuple[str, ...]] = {
    "capture": (
        "loas-tl capture mine.py:Net --weights trained.pth --inputs images.npz --timesteps 4 "
        "-o mine.npz",
        "loas-tl capture graph.nir --inputs spikes.npz --like snntorch -o mine.npz",
    ),
    "summary": ("loas-tl summary digits_vgg9", "loas-tl summary mine.npz --csv layers.csv"),
    "compare": (
        "loas-tl compare --network vgg16 --out vgg16",
        "loas-tl compare --accelerator LoAS LoAS:pes=32,cache_KiB=512 --baseline LoAS",
        "loas-tl compare --tensors mine.npz --model detailed --reading all --json -",
    ),
    "explore": (
        "loas-tl explore LoAS --network vgg16 --vary pes=8..64*2 cache_KiB=128,256,512 --out space",
        "loas-tl explore LoAS SparTen-SNN --network vgg16 --vary pes=8,16,32 "
        "cache_KiB=64..1024*2 --model detailed --objective edp area_mm2 "
        "--constraint 'area_mm2<=3' --store space.sqlite",
        "loas-tl explore --store space.sqlite --show",
    ),
    "reproduce": ("loas-tl reproduce --list", "loas-tl reproduce --out evaluation"),
    "innerjoin": (
        "loas-tl innerjoin --network vgg16",
        "loas-tl innerjoin --reading all --propose",
        "loas-tl innerjoin --network alexnet --sweep --out sweep",
    ),
    "formats": ("loas-tl formats --network alexnet", "loas-tl formats --tensors mine.npz --out f"),
    "sparsity": (
        "loas-tl sparsity --network vgg16",
        "loas-tl sparsity --tensors mine.npz --json -",
    ),
    "render": (
        "loas-tl render LoAS --parameters",
        "loas-tl render LoAS:pes=32 --network vgg16 --layer 8 -o spec",
    ),
    "model": (
        "loas-tl model spec",
        "loas-tl model arch.yaml problem.yaml mapping.yaml --engine native --json -",
    ),
    "map": (
        "loas-tl map spec --metric edp --time-limit 10 --out found",
        "loas-tl map arch.yaml problem.yaml --price mul.compute=0.9",
    ),
    "validate": (
        "loas-tl validate --network alexnet --layer 2 --accelerator LoAS",
        "loas-tl validate spec.yaml --data A=spikes.npz B=weights.npy --out report",
    ),
    "energy": (
        "loas-tl energy LoAS",
        "loas-tl energy LoAS --set timesteps=8 technology=22 --json -",
        "loas-tl energy --classes",
    ),
    "plugins": ("loas-tl plugins where", "loas-tl plugins install"),
    "doctor": ("loas-tl doctor",),
    "networks": ("loas-tl networks",),
    "designs": ("loas-tl designs", "loas-tl designs LoAS:pes=32"),
    "completion": (
        "loas-tl completion bash > ~/.local/share/bash-completion/completions/loas-tl",
        "loas-tl completion zsh > ~/.zfunc/_loas-tl    # ~/.zfunc in fpath, before compinit",
        "loas-tl completion fish > ~/.config/fish/completions/loas-tl.fish",
    ),
}
"""Lines by command."""

HEADING = "examples:"


class Formatter(argparse.HelpFormatter):
    """Wraps what is said, and leaves examples as they are."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        if HEADING in text:
            return text
        return super()._fill_text(text, width, indent)


def epilog(command: str) -> str:
    """The examples of a command."""
    lines = [HEADING, *(f"  {line}" for line in EXAMPLES[command])]
    return "\n".join(lines) + "\n"
