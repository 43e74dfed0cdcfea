"""The ``loas-tl`` command."""
