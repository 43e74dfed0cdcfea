"""What everything stands on: errors, files, shipped data, and bits in machine words."""
