"""How the world reaches in; no business rules here."""
