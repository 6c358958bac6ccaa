"""When many speak at once: a series of counts that knows what is usual for it, and what is new in what they say."""
