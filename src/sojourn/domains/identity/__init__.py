"""Whose event is it: identifiers, persons, customers, encrypted traits."""
