"""Words of customers by subject; other rooms take them from `contracts`."""
