"""Webhooks: new events sent on, signed, to who asked for them, as Standard Webhooks says (standardwebhooks.com)."""
