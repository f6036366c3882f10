"""The stream: what happened, from the spool to immutable Parquet segments."""
