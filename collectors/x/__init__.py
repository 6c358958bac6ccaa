"""X (once Twitter): its filtered stream, with gaps filled from recent search, within a daily budget."""

from collectors.x.settings import X

__all__ = ["X"]
