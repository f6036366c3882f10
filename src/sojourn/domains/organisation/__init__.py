"""The tree of units (brand, country, region, branch, team), with dates."""
