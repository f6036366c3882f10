"""What customer experience is: one room a domain."""
