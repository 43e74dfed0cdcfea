"""Layers and networks: generated, recorded or given."""
