"""Was it worth it: what alerts would have been worth on a past that is known, beside simpler rules."""
