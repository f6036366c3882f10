"""A few domain-free words that everyone shares."""
