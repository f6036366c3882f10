"""How events get in: manifest, commits, deliveries, quarantine, outbox."""
