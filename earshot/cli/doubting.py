"""What a configuration may say and nobody can have meant, and files that are open to others: warnings, no faults."""

from collections.abc import Iterator, Sequence

from earshot.cli.starting import databases
from earshot.config import Brand, Config
from earshot.folders import open_to_others


def doubts(config: Config) -> list[str]:
    """One line each, with what to do; in no way does any of them keep `earshot run` from starting."""
    return [
        *_empty(config),
        *(line for brand in config.brands for line in _against_itself(brand)),
        *config.doubts,
        *_open(config),
    ]


def _empty(config: Config) -> Iterator[str]:
    if not config.brands and not config.own_time:
        yield "no [[brands]]: nothing will match; earshot init asks for what it needs"
    if not config.receivers:
        yield 'no [[receivers]]: nobody is told; kind = "log" needs no account anywhere'


def _against_itself(brand: Brand) -> Iterator[str]:
    excluded = {term.casefold() for term in brand.none}
    for key, terms in (("any", brand.any), ("all", brand.all)):
        for term in terms:
            if term.casefold() in excluded:
                yield f"[[brands]] {brand.name}: {term!r} is in {key} and in none: what says it never matches"


def _open(config: Config) -> Sequence[str]:
    files = " ".join(map(str, open_to_others(databases(config))))
    return [f"other users of this machine may read what was heard: chmod go= {files}"] if files else []
