"""Delivered files: readers that stream CSV, Parquet, JSON lines and XES, and the way from their rows to events."""
