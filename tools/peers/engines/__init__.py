"""One engine a module, run as ``python -m tools.peers.engines.<engine> <folder>`` in the engine's own environment."""
