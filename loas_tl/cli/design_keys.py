"""Which designs there are and what each can set, for helps, which import no design.

A test holds it to :mod:`loas_tl.designs.registry`.
"""

from __future__ import annotations

SHARED = (
    "technology clock_MHz cache_KiB cache_banks line_bits hbm_GBps hbm_channels hbm_width "
    "weight_bits pointer_bits input_cache_KiB weight_cache_KiB output_cache_KiB"
)
"""Keys of ``--set`` that every design has."""

OWN = {
    "LoAS": (
        "pes timesteps chunk_bits accumulator_bits correction_bits laggy_adders fifo_depth "
        "offset_buffers skip_empty lookup laggy_hidden fetch_cycles overlapped weight_buffer "
        "corrections fine_tuned tile_n"
    ),
    "LoAS-FT": (
        "pes timesteps chunk_bits accumulator_bits correction_bits laggy_adders fifo_depth "
        "offset_buffers skip_empty lookup laggy_hidden fetch_cycles overlapped weight_buffer "
        "corrections fine_tuned tile_n"
    ),
    "LoAS N-major": (
        "pes timesteps chunk_bits accumulator_bits correction_bits laggy_adders fifo_depth "
        "offset_buffers skip_empty lookup laggy_hidden fetch_cycles overlapped weight_buffer "
        "corrections fine_tuned tile_m"
    ),
    "SparTen-SNN": "pes chunk_bits tile_m fetch_cycles overlapped held_timesteps accumulator_bits",
    "GoSPA-SNN": (
        "pes accumulated_timesteps tile_m tile_k accumulator_bits psum_bits coordinate_bits "
        "overlapped"
    ),
    "Gamma-SNN": "pes tile_k tile_n accumulator_bits coordinate_bits psum_bits overlapped",
    "PTB": "rows timesteps accumulator_bits",
    "Stellar": "rows timesteps accumulator_bits columns",
    "SparTen": "pes chunk_bits tile_m fetch_cycles overlapped activation_bits accumulator_bits",
    "Gamma": (
        "pes tile_k tile_n accumulator_bits coordinate_bits psum_bits overlapped activation_bits"
    ),
    "Prosperity": "lif_cells psum_bits pes tile_m tile_k popcounts weight_aware",
    "MINT": "lif_cells psum_bits pes tile_m tile_k weight_aware",
    "SATO": "lif_cells psum_bits pes tile_k tile_n weight_aware",
    "PTB-StSAP": "lif_cells psum_bits rows columns tile_k weight_aware",
    "Eyeriss-SNN": "lif_cells psum_bits rows columns tile_m",
    "Phi": "lif_cells psum_bits tile_m tile_k tile_n patterns channels",
    "GustavSNN": "lif_cells psum_bits tiles tile_pes pixels tile_k two_pointer",
}
"""The other keys of each design."""


def listed() -> str:
    """Designs and keys, as a help has them."""
    from textwrap import fill

    lines = ["accelerators, and keys of --set (`loas-tl designs NAME` has ranges and units):"]
    for name, keys in {"all": SHARED, **OWN}.items():
        said = f"{name}: {', '.join(keys.split())}"
        lines.append(fill(said, 78, initial_indent="  ", subsequent_indent="    "))
    return "\n".join(lines) + "\n"
