"""Accounts as they are compared: by handle where there is one, whatever letters are capitals."""

from earshot.model import Mention


def author_of(mention: Mention) -> str:
    return handle_of(mention.author.handle or mention.author.id)


def handle_of(account: str) -> str:
    return account.removeprefix("@").casefold()
