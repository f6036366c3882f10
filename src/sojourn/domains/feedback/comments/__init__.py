"""Comments as people list, filter and search them."""
