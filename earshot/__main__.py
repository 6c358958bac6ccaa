"""`python -m earshot` is `earshot`."""

from earshot.cli import main

main()
