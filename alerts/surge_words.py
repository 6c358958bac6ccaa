"""Every word of a surge's notice that other notices do not have, in each language."""

from typing import NamedTuple

from earshot.explain import Language


class SurgeWords(NamedTuple):
    """`{…}` is filled in by `alerts.surge_message`."""

    language: Language
    topic: str
    short: str
    grown_short: str
    usual: str
    hardly_any: str
    many: str
    first: str
    later: str
    grown: str
    since: str
    expected: str
    fresh: str
    nothing_new: str
    newer: str
    """Where it has grown again before it was told."""
    made: str
    inhibits: str
    open: str


ENGLISH = SurgeWords(
    language="en",
    topic=", on {topic}",
    short="{hour} negative authors in an hour, {usual}",
    grown_short="the surge grows: {hour} negative authors in an hour, {usual}",
    usual="{count} is usual",
    hardly_any="usually hardly any",
    many="Many complain at once: {hour} negative authors {within}; {usual}. Reposts do not count.",
    first="in the hour from {since} to {until}",
    later="in an hour, counted {at}",
    grown="It has grown: when it was last told they were {before}.",
    since="It was first seen in the hour from {since} to {until}.",
    expected="Expected in these hours: {name}. So it takes more than usual to be told.",
    fresh="What is new in what they say: {terms}.",
    nothing_new="What they say has no words that are new.",
    newer="The words and mentions below are later: of {when}, when it had grown to {hour}.",
    made="Said by:",
    inhibits=(
        "The stories that belong to it are not told one by one, but for danger, the law, the press, very large"
        " accounts and what becomes critical."
    ),
    open="Open the surge: {link}",
)

ITALIAN = SurgeWords(
    language="it",
    topic=", tema {topic}",
    short="{hour} autori negativi in un’ora, {usual}",
    grown_short="l’impennata cresce: {hour} autori negativi in un’ora, {usual}",
    usual="di solito {count}",
    hardly_any="di solito quasi nulla",
    many="In molti si lamentano insieme: {hour} autori negativi {within}; {usual}. I rilanci non contano.",
    first="nell’ora tra {since} e {until}",
    later="in un’ora, contati {at}",
    grown="È cresciuta: all’ultimo avviso erano {before}.",
    since="Si è vista la prima volta nell’ora tra {since} e {until}.",
    expected="Previsto in queste ore: {name}. Per questo serve più del solito per un avviso.",
    fresh="Che cosa c’è di nuovo in quel che dicono: {terms}.",
    nothing_new="In quel che dicono non ci sono parole nuove.",
    newer="Le parole e le menzioni qui sotto sono successive: di {when}, quando era cresciuta fino a {hour}.",
    made="Lo dicono:",
    inhibits=(
        "Le vicende che ne fanno parte non vengono segnalate una per una, tranne pericoli, questioni legali, stampa,"
        " account molto seguiti e ciò che diventa critico."
    ),
    open="Apri l’impennata: {link}",
)

WORDS: dict[Language, SurgeWords] = {"en": ENGLISH, "it": ITALIAN}
