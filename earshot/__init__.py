"""Earshot's kernel: what every role stands on, and knows none of them."""

__version__ = "0.1.0"
