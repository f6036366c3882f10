"""Surveys: what they ask, in which order, and how they come to be live."""
