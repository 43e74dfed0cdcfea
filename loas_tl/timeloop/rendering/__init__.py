"""Timeloop v4 specs of the accelerators: templates, their parameters, and layers filled in."""
