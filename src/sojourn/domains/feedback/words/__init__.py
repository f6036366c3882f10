"""Words of feedback, by subject."""
