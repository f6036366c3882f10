"""Accounts: products held, households, companies and their people; who is a prospect."""
