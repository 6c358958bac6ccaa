"""What a text is about beside its mood: intents, how its author speaks, what must be handled with care."""
