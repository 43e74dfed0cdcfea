"""Tests of the published cost models."""
