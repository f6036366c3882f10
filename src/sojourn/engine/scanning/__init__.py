"""Scanning: what is left of somebody in a folder, decoded store by store."""
