"""Towards which brand a text is negative: a score for each brand, not for each text."""
