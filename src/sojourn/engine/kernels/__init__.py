"""Journey questions as mergeable folds over one customer's events, in Numba."""
