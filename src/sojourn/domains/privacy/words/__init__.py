"""Words of privacy, by subject; `contracts` says them to other rooms."""
