"""People who use Sojourn, their roles, API keys, and the audit log."""
