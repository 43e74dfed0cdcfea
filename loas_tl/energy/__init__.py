"""What counts cost in energy."""
