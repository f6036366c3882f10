"""How it is computed: a plain Python library with no Django in it."""
