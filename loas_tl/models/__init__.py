"""The analytical models, and what they need to be told of an accelerator."""
