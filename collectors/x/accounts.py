"""What concerns a brand although its text does not say so: its own accounts' posts, and answers to them."""

from collections.abc import Sequence

from collectors.x.payload import Post
from earshot.matching import Matcher, Watched, fold


class Accounts:
    """The brands' own accounts."""

    def __init__(self, brands: Sequence[Watched]) -> None:
        self._matcher = Matcher(brands)
        self._own = {_handle(account) for brand in brands for account in brand.accounts}

    def said(self, post: Post) -> tuple[str, ...]:
        """The brands that its text concerns."""
        return self._matcher.match(post.mention.text)

    def unsaid(self, post: Post) -> tuple[str, ...]:
        """The brands that it concerns only by whose it is, or whom it answers. Their forbidden terms hold."""
        handles = {_handle(post.mention.author.handle), _handle(post.replied_to)} & self._own
        if not handles:
            return ()
        named = " ".join([post.mention.text, *(f"@{handle}" for handle in sorted(handles))])
        said = self.said(post)
        return tuple(name for name in self._matcher.match(named) if name not in said)


def _handle(account: str) -> str:
    return fold(account).removeprefix("@")
