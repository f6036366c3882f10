"""Intervals and tests whose unit is the customer; each names its source."""
