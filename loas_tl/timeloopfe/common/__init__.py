"""Documents, whatever their version."""
