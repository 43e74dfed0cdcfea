"""Timeloop v4 specifications: read into typed values, checked key by key, and written back."""

from loas_tl.timeloop.spec.loading import load_spec, parse_spec
from loas_tl.timeloop.spec.specification import Spec
from loas_tl.timeloop.spec.writer import write_spec

__all__ = ["Spec", "load_spec", "parse_spec", "write_spec"]
