"""Earshot's kernel: what every role stands on, and knows none of them."""

import os

__version__ = "0.1.0"

# Read when numpy is loaded, so it must be said before. Our matrix products are small: further threads would wait for
# them spinning, at the price of a core (504 µs a mention instead of 280 to 350).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
