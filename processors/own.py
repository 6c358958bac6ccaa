"""What a company says itself: no loud voice, and who carries its answer on does not carry the complaint."""

from collections.abc import Iterable

from msgspec import structs

from earshot.accounts import Accounts
from earshot.config import Brand
from earshot.model import Mention
from processors.tasks import New, Revised, Task


class OwnAccounts:
    """The brands' own accounts."""

    def __init__(self, brands: Iterable[Brand]) -> None:
        self._accounts = Accounts((written, brand.name) for brand in brands for written in brand.accounts)

    def wrote(self, mention: Mention) -> bool:
        return mention.brand in self._accounts.of(mention)

    def uncounted(self, task: Task) -> Task:
        """The same without its platform's counters, where it is the company that speaks."""
        if (
            not isinstance(task, New | Revised)
            or task.mention.metrics is None
            or not self.wrote(task.mention)
        ):
            return task
        return task._replace(mention=structs.replace(task.mention, metrics=None))
