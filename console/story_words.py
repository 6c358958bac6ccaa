"""Words of the page of a story."""

from console.tongue import Tongue


def followers(say: Tongue, count: int | None) -> str:
    """Empty where the source does not say."""
    return "" if count is None else say.ngettext("%(count)s follower", "%(count)s followers", count)
