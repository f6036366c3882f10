"""Customers: the customer's page, search, notes."""
