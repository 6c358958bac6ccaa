"""`python -m earshot` is `earshot`."""

from earshot.cli import main

if __name__ == "__main__":  # a scoring process imports it too
    main()
