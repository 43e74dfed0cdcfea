"""The published cost models."""
