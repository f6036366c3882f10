"""Journey definitions, discovery, funnels, variants."""
