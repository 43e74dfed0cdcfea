"""LoAS's arithmetic: the exact spMspM, P-LIF, the compressor, and whole networks of them."""

from loas_tl.kernel.compressor import compress
from loas_tl.kernel.inner_join import JoinReport, spmspm_report
from loas_tl.kernel.layers import INPUT, Residual, SpikingLayer
from loas_tl.kernel.network import LayerRun, NetworkRun, run_network
from loas_tl.kernel.plif import PLif, plif, plif_words
from loas_tl.kernel.spmspm import spmspm
from loas_tl.kernel.stacks import published_stack
from loas_tl.kernel.thresholds import with_thresholds

__all__ = [
    "INPUT",
    "JoinReport",
    "LayerRun",
    "NetworkRun",
    "PLif",
    "Residual",
    "SpikingLayer",
    "compress",
    "plif",
    "plif_words",
    "published_stack",
    "run_network",
    "spmspm",
    "spmspm_report",
    "with_thresholds",
]
