"""Declarations of LoAS and its baselines, and the registry of them."""
