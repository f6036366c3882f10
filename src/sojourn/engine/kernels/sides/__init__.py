"""Two sides of a comparison, folded at once."""
