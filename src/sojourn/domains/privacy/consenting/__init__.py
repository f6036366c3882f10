"""Verbs of consent: say it, import it, choose it, and set what it is about."""
