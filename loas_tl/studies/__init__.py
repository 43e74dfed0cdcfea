"""Studies of one question: what a part of a design costs, and where."""
