"""Component models: area, leakage and energy of circuits, memories and processing elements."""
