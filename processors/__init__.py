"""Score each mention, gather mentions into stories, measure how they grow, say how much is at risk."""
