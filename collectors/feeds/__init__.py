"""RSS and Atom feeds, and what comes in that form: Google News, Google Alerts, Apple's customer reviews."""

from collectors.feeds.settings import Feeds

__all__ = ["Feeds"]
