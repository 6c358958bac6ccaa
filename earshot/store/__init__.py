"""Where everything is kept: one module a noun, SQL in sight. `Store` opens it."""

from earshot.store.engine import Store, exists, named

__all__ = ["Store", "exists", "named"]
