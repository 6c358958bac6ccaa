"""How many people a mention could have reached: an estimate in people, from what the source tells."""

from urllib.parse import urlsplit

from earshot.accounts import Accounts
from earshot.config import Outlet, RiskSettings
from earshot.model import Mention, OutletClass

AUDIENCE: dict[OutletClass, int] = {
    "national": 1_000_000,
    "regional": 100_000,
    "local": 10_000,
    "news": 10_000,
    "blog": 1_000,
}
"""People behind an outlet of each class, until its true figure is configured."""

_GO_BETWEENS = frozenset({"news.google.com"})
"""Whose addresses lead to somebody else's article; the article's author is the outlet then."""


class Reach:
    """Knows the configured outlets; all others count as other news."""

    def __init__(self, settings: RiskSettings, outlets: tuple[Outlet, ...]) -> None:
        self._assumed = settings.assumed_followers
        self._most = settings.max_followers
        self._classes: dict[str, OutletClass] = {o.domain: o.outlet_class for o in outlets}
        self._audiences = {o.domain: o.audience for o in outlets if o.audience is not None}
        self._accounts = Accounts((written, o.domain) for o in outlets for written in o.accounts)

    def followers(self, mention: Mention) -> int:
        """People behind the account, at most a million; an outlet's are counted with the outlet."""
        if mention.kind == "article":
            return 0
        known = mention.author.followers
        return self._assumed if known is None else min(known, self._most)

    def outlet(self, mention: Mention) -> tuple[str, OutletClass] | None:
        """The domain and class of the outlet behind an article."""
        if mention.kind != "article":
            return None
        domain = _domain(mention.url)
        if not domain or domain in _GO_BETWEENS:
            domain = mention.author.handle or mention.author.id
        return self._configured(domain) or (domain, "news")

    def speaker(self, mention: Mention) -> str | None:
        """The domain of the outlet whose own account wrote it, where that is known."""
        if mention.kind == "article":
            return None
        found = self._accounts.of(mention)
        return found[0] if found else None

    def is_outlet(self, mention: Mention) -> bool:
        """Whether a configured outlet speaks: in an article of its, or by an account of its own."""
        found = self.outlet(mention)
        return found[0] in self._classes if found else self.speaker(mention) is not None

    def _configured(self, domain: str) -> tuple[str, OutletClass] | None:
        """A configured domain speaks for its subdomains."""
        while domain:
            if domain in self._classes:
                return domain, self._classes[domain]
            domain = domain.partition(".")[2]
        return None

    def audience(self, outlets: dict[str, OutletClass], followers: dict[str, int]) -> int:
        """People behind a story's outlets, each once: its readers where it published, or the `followers` of its account."""
        people = 0
        for domain, kind in outlets.items():
            people += max(self._audiences.get(domain, AUDIENCE[kind]), followers.get(domain, 0))
        for domain, count in followers.items():
            if domain not in outlets:
                people += count
        return people


def _domain(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
