"""How far a story will spread: a state of a dozen numbers, and what tables learnt from old stories say of it."""
