"""The requests desk: what customers ask for under data protection law, from the first word to the letter."""
