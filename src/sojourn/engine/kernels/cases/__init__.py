"""Cases of a journey: where they begin and end, and what they cost."""
