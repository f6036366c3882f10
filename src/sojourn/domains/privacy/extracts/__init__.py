"""Extracts: what a purpose lets out, as files for BI tools and Spark, made anew on a schedule; SQL over them."""
