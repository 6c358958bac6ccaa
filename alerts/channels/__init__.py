"""One file a channel; each is found by its entry point, as yours would be."""
