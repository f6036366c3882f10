"""Events written as files that other tools read, and that are read back equal: CSV, Parquet, XES, OCEL."""
