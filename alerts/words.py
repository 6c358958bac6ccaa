"""Every word of a notice that is not in `earshot.explain`, in each language."""

from typing import NamedTuple

from earshot.explain import Language
from earshot.model import Level, Reason


class Words(NamedTuple):
    """`{…}` is filled in by `alerts.message`."""

    levels: dict[Level, str]
    reasons: dict[Reason, str]
    withdrawn: str
    edited: str
    """In a subject, in the place of words that may not be those that called."""
    wordless: str
    unknown_author: str
    begun: str
    raised: tuple[str, str]
    """By the mention that made us tell it, and by each other one that had waited."""
    on: str
    followers: tuple[str, str]
    because: str
    seen_by: str
    since: tuple[str, str]
    """Before the words of a mention that was edited since: as it reads, and where that is positive now."""
    again: tuple[str, str]
    """What is added to a reason that was told before: of one mention, of several."""
    decided: str
    later: tuple[str, str]
    """Where the numbers are not of that moment: of when they are, or that it was no mention that changed them."""
    so_far: str
    mentions: tuple[str, str]
    authors: tuple[str, str]
    outlets: tuple[str, str]
    why: str
    times: str
    calmed: str
    late: str
    repeat: str
    open: str
    units: tuple[str, str, str]


ENGLISH = Words(
    levels={Level.calm: "Calm", Level.watch: "Watch", Level.warning: "Warning", Level.critical: "Critical"},
    reasons={
        "risk": "the risk of the story rose",
        "loud_author": "an author with many followers is negative",
        "voice": "a voice (journalist, association, authority) is negative",
        "press_interest": "somebody from the press seems to ask for a word",
        "pick_up": "a trusted outlet has taken it up",
        "national": "a national outlet has taken it up too",
        "safety": "somebody may be hurt or in danger",
        "legal": "somebody turns to a lawyer, a court or an authority",
        "discrimination": "somebody seems to have been discriminated against",
        "self_harm": "somebody may be about to hurt themselves",
    },
    withdrawn="(withdrawn)",
    edited="{reason} (edited since)",
    wordless="(no text)",
    unknown_author="unknown author",
    begun="Begun by {who}, {when}",
    raised=("Raised by {who}, {when}:", "Raised also by {who}, {when}:"),
    on=" on {source}",
    followers=("follower", "followers"),
    because="Told because {reasons}.",
    seen_by="Seen by: {words}.",
    since=("Edited since, {when}. It says now:", "Edited since, {when}: it reads positive now. It says:"),
    again=("{count} more mention since this was last told", "{count} more mentions since this was last told"),
    decided="It was decided at a risk of {risk}.",
    later=(
        "The numbers below are later: of {when}, when its newest mention was heard.",
        "The numbers below are later, though no mention has come since.",
    ),
    so_far="So far: {mentions} by {authors}, estimated reach {people}, {outlets}.",
    mentions=("mention", "mentions"),
    authors=("author", "authors"),
    outlets=("outlet", "outlets"),
    why="Why the risk of the story is {risk}:",
    times="Heard {heard}, decided {decided}.",
    calmed="It has calmed down since: {when}.",
    late="Heard {span} ago: this notice is late.",
    repeat="You may have had this notice already: an earlier delivery was interrupted.",
    open="Open the story: {link}",
    units=("min", "h", "d"),
)

ITALIAN = Words(
    levels={
        Level.calm: "Calma",
        Level.watch: "Da seguire",
        Level.warning: "Attenzione",
        Level.critical: "Critico",
    },
    reasons={
        "risk": "il rischio della vicenda è salito",
        "loud_author": "ne parla male un autore molto seguito",
        "voice": "ne parla male una voce autorevole (giornalista, associazione, autorità)",
        "press_interest": "qualcuno della stampa sembra chiedere un contatto",
        "pick_up": "l’ha ripresa una testata affidabile",
        "national": "l’ha ripresa anche una testata nazionale",
        "safety": "qualcuno può essersi fatto male o essere in pericolo",
        "legal": "qualcuno si rivolge a un avvocato, a un tribunale o a un’autorità",
        "discrimination": "qualcuno sembra essere stato discriminato",
        "self_harm": "qualcuno potrebbe farsi del male",
    },
    withdrawn="(ritirata)",
    edited="{reason} (menzione modificata nel frattempo)",
    wordless="(senza testo)",
    unknown_author="autore sconosciuto",
    begun="Nata da {who}, {when}",
    raised=("A far scattare l’avviso è {who}, {when}:", "A farlo scattare è anche {who}, {when}:"),
    on=" su {source}",
    followers=("follower", "follower"),
    because="Perché questo avviso: {reasons}.",
    seen_by="Si è visto da: {words}.",
    since=(
        "Modificata nel frattempo, {when}. Ora dice:",
        "Modificata nel frattempo, {when}: ora è positiva. Dice:",
    ),
    again=(
        "{count} altra menzione dall’ultimo avviso su questo",
        "altre {count} menzioni dall’ultimo avviso su questo",
    ),
    decided="Deciso con un rischio di {risk}.",
    later=(
        "I numeri qui sotto sono successivi: di {when}, quando è stata rilevata la menzione più recente.",
        "I numeri qui sotto sono successivi, anche se da allora non sono arrivate menzioni.",
    ),
    so_far="Finora: {mentions} di {authors}, copertura stimata di {people}, {outlets}.",
    mentions=("menzione", "menzioni"),
    authors=("autore", "autori"),
    outlets=("testata", "testate"),
    why="Perché il rischio della vicenda è {risk}:",
    times="Rilevata: {heard}. Avviso deciso: {decided}.",
    calmed="Nel frattempo la vicenda si è calmata: {when}.",
    late="Rilevata {span} fa: questo avviso arriva in ritardo.",
    repeat="Potreste aver già ricevuto questo avviso: un invio precedente si è interrotto.",
    open="Apri la vicenda: {link}",
    units=("min", "h", "g"),
)

WORDS: dict[Language, Words] = {"en": ENGLISH, "it": ITALIAN}

_SOURCES = {
    "appstore": "App Store",
    "google": "Google",
    "play": "Google Play",
    "youtube": "YouTube",
}
_MONTHS: dict[Language, tuple[str, ...]] = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "it": ("gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic"),
}


def source(name: str) -> str:
    return _SOURCES.get(name, name[:1].upper() + name[1:])


def month(number: int, language: Language) -> str:
    return _MONTHS[language][number - 1]
