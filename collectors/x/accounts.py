"""What concerns a brand although its text does not say so: its own accounts' posts, and answers to them."""

from collections.abc import Sequence

from collectors.x.payload import Post
from earshot.attribution import Attribution
from earshot.matching import Watched
from earshot.model import Why


class Accounts:
    """The brands' own accounts."""

    def __init__(self, brands: Sequence[Watched]) -> None:
        self._attribution = Attribution(brands)

    def said(self, post: Post) -> dict[str, Why]:
        """The brands that it concerns by its text, or by whose it is: the intake finds them as well."""
        return self._attribution.of(post.mention, lambda _: ())

    def answered(self, post: Post) -> list[str]:
        """The brands that it concerns only by whom it answers, which X alone tells. Their forbidden terms hold."""
        said = self.said(post)
        answered = self._attribution.owners(post.replied_to, post.mention, said)
        return [name for name in answered if name not in said]
