"""`python -m sojourn` is the command `sojourn`."""

from sojourn.surfaces.cli.main import main

main()
