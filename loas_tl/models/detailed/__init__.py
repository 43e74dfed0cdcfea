"""The detailed model: what the hardware's own timing adds to the published counts."""
