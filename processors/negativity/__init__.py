"""How negative a text is: a small model of our own for every language, and VADER beside it for English."""
