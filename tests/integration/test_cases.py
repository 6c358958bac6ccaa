"""Cases that a press office knows, in real words and through the whole pipeline: who is told of what, and when.

Default rules and the Italian lists. Texts are in tests/golden/cases, one a line; times are those of Italy.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from cli_world import Earshot

from earshot.model import Level
from earshot.store import Store, brands, mentions, notices, stories
from earshot.store.notices import Kept

TEXTS = Path(__file__).parents[1] / "golden" / "cases"
ITALY = ZoneInfo("Europe/Rome")
SUNDAY = datetime(2026, 11, 22, 21, 40, tzinfo=ITALY)
OUTAGE = datetime(2026, 11, 24, 6, 58, tzinfo=ITALY)
MATCH = datetime(2026, 11, 25, 20, 30, tzinfo=ITALY)
TERMS = {"Banca Lombra": ["banca lombra", "lombra"], "Ronvia": ["ronvia"]}

Record = dict[str, Any]


class Heard(NamedTuple):
    told: Sequence[Kept]
    """Every notice, the oldest first."""
    parts: Sequence[set[str]]
    """Of each story the ids of its mentions."""

    def loud(self) -> list[tuple[str, str, str]]:
        return [
            (f"{each.heard_at.astimezone(ITALY):%H:%M}", each.level.name, each.reason)
            for each in self.told
            if each.level >= Level.warning
        ]


Hear = Callable[..., Heard]


@pytest.fixture
def hear(earshot: Earshot, tmp_path: Path) -> Hear:
    """Run records through everything, to a receiver that is told all there is from `watch` on."""

    def run(records: Iterable[Record], brand: str = "Banca Lombra") -> Heard:
        folder = tmp_path / brand.replace(" ", "")
        file, config = folder.with_suffix(".jsonl"), folder.with_suffix(".toml")
        lines = [json.dumps(record) + "\n" for record in records]
        file.write_text("".join(lines), encoding="utf-8")
        config.write_text(_config(brand), encoding="utf-8")
        told = earshot("replay", file, "--config", config, "--data-dir", folder, "--notify", "--json")
        assert (told.json["mentions"], told.json["dead"]) == (len(lines), 0)
        return _heard(folder)

    return run


def _config(brand: str) -> str:
    return f"""
        [[brands]]
        name = "{brand}"
        any = {json.dumps(TERMS[brand])}
        accounts = ["@bancalombra"]
        [rules]
        lists = ["italy"]
        [[receivers]]
        kind = "log"
        name = "everything"
        min_level = "watch"
    """


def _heard(folder: Path) -> Heard:
    store = Store(folder / "earshot.db")
    try:
        with store.read() as connection:
            (row,) = brands.every(connection)
            known = stories.newest(connection, brands.numbers(row.no), 1_000)
            parts = [
                {mentions.read(each).mention.id for each in mentions.of_story(connection, story.id)}
                for story in known
            ]
            asked = connection.exec_driver_sql("select distinct alert from notices").fetchall()
            rows = [each for (alert,) in asked for each in notices.of_alert(connection, alert)]
            told = sorted(map(notices.read, rows), key=lambda each: each.heard_at)
            return Heard(told, parts)
    finally:
        store.close()


def lines(name: str, brand: str = "Banca Lombra") -> list[str]:
    """The texts of a file, of which some call the brand by all of its name and some by its last word."""
    text = (TEXTS / f"{name}.txt").read_text(encoding="utf-8")
    return text.replace("{brand}", brand).replace("{short}", brand.rsplit(maxsplit=1)[-1]).splitlines()


def post(number: object, at: datetime, text: str, followers: int = 200, **more: Any) -> Record:
    author = {"id": f"u{number}", "handle": f"@u{number}", "followers": followers}
    said = {"id": f"x:{number}", "author": author, "created_at": at.isoformat(), "text": text}
    return said | more


def article(number: int, at: datetime, domain: str, title: str, text: str) -> Record:
    url = f"https://www.{domain}/cronaca/{number}"
    said = {"id": f"news:{number}", "author": {"id": domain}, "created_at": at.isoformat(), "text": text}
    return said | {"kind": "article", "title": title, "url": url}


def week(before: datetime, brand: str = "Banca Lombra") -> list[Record]:
    """Twenty mentions a day that have nothing to do with each other."""
    first = before.replace(hour=8, minute=10) - timedelta(days=7)
    return [
        post(f"w{n}", first + timedelta(days=n // 20, minutes=37 * (n % 20)), text, 60 + 11 * (n % 40))
        for n, text in enumerate(lines("week", brand))
    ]


# --- one voice ------------------------------------------------------------------------------------------------

WHEELCHAIR = [
    "Mia madre in carrozzina lasciata fuori dallo sportello di Banca Lombra. Vergogna",
    "Venerdì mia madre, in sedia a rotelle, è rimasta fuori dalla filiale Banca Lombra: rampa chiusa, nessuno ad aprire",
    "In Banca Lombra con la mamma, che è in carrozzina: lasciate fuori sotto la pioggia, i disabili devono prenotare",
]
PRESS = [
    "Buonasera, sono un giornalista, posso contattarla?",
    "Buonasera, sono una giornalista di Televeneto. Mi scriverebbe in privato? Vorrei raccontare la storia",
    "Salve, lavoro per il Gazzettino: se le va ne parliamo, le ho scritto in DM",
]


def not_yet(*values: object, because: str) -> object:
    """What ought to be so; its mark must go once it is."""
    return pytest.param(*values, marks=pytest.mark.xfail(strict=True, reason=because))


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        (WHEELCHAIR[0], PRESS[0]),
        (WHEELCHAIR[1], PRESS[1]),
        not_yet(WHEELCHAIR[2], PRESS[0], because="in other words it is not read as discrimination"),
        (WHEELCHAIR[0], PRESS[2]),
    ],
)
def test_a_mother_left_outside_is_told_at_once_and_again_when_the_press_asks(
    hear: Hear, said: str, asked: str
) -> None:
    answer = {"kind": "reply", "parent": "x:1", "root": "x:1"}
    heard = hear(
        [post(1, SUNDAY, said, 340), post(2, SUNDAY + timedelta(minutes=35), asked, 5_200, **answer)]
    )
    calls = [(at, reason) for at, _, reason in heard.loud()]
    assert calls == [("21:40", "discrimination"), ("22:15", "press_interest")]


ANGRY = [
    "Banca Lombra mi ha bloccato il conto senza avvisare, sono tre giorni che nessuno risponde",
    "Bella la pubblicità di Banca Lombra. Peccato che il mio bonifico sia sparito da una settimana",
]


@pytest.mark.parametrize("text", ANGRY)
def test_one_angry_post_of_a_famous_account_is_a_warning(hear: Hear, text: str) -> None:
    heard = hear([post(1, SUNDAY, text, 800_000)])
    assert heard.loud() == [("21:40", "warning", "loud_author")]


# --- much said, nothing to answer for -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "more",
    [
        "Il calendario di Banca Lombra quest'anno ha le foto dei nostri fiumi",
        "Il podcast di Banca Lombra sull'educazione finanziaria non è male",
    ],
)
def test_a_quiet_week_calls_nobody(hear: Hear, more: str) -> None:
    assert hear([*week(SUNDAY), post(1, SUNDAY, more)]).told == []


THIEVES = "Bancomat fatto saltare, via i ladri|La filiale Banca Lombra resterà chiusa alcuni giorni. Indaga la scientifica."
NO_THIEVES = "Esplosione, distrutto il bancomat|La filiale Banca Lombra resterà chiusa alcuni giorni. Sul posto i pompieri."


@pytest.mark.parametrize(
    "eighth",
    [
        THIEVES,
        NO_THIEVES,
    ],
)
def test_a_robbery_in_fourteen_papers_calls_nobody(hear: Hear, eighth: str) -> None:
    papers = [line.split("|") for line in lines("robbery")]
    papers.insert(7, ["trevisotoday.it", *eighth.split("|")])
    said = [article(n, SUNDAY + timedelta(minutes=12 * n), *paper) for n, paper in enumerate(papers)]
    assert len(said) == 14
    assert hear(week(SUNDAY) + said).told == []


def test_a_match_night_of_the_sponsored_team_calls_nobody(hear: Hear) -> None:
    """On a brand of which nothing was heard before."""
    cries = lines("match")
    night = [
        post(n, MATCH + timedelta(seconds=18 * n), _cry(cries, n), 30 + 12 * (n % 300)) for n in range(400)
    ]
    assert hear(night).told == []


def _cry(cries: Sequence[str], number: int) -> str:
    """As the night goes on: 400 people, and most of them say what others say too."""
    ends = ("", "!!", " 😡", " dai", " mamma mia", " ragazzi", " uff")
    return cries[number * len(cries) // 400] + ends[number % len(ends)]


BODIES = {
    "only a title": "",
    "plain": "Il consiglio di amministrazione ha approvato i risultati al 30 settembre. Raccolta in aumento.",
    "figures": "Banca Lombra ha chiuso i primi nove mesi con un utile netto di 212 milioni, in crescita del 3,1% "
    "sull'anno precedente. I ricavi sono pari a 1,1 miliardi.",
    "an agency's": "(Teleborsa) - Banca Lombra archivia i nove mesi con un margine d'interesse a 612 milioni, in "
    "flessione del 2%, e rettifiche su crediti per 60 milioni, dai 71 di un anno fa.",
}


@pytest.mark.parametrize(
    "body",
    [
        "only a title",
        "figures",
        "an agency's",
        not_yet("plain", because="what a board approved is read as negative"),
    ],
)
def test_quarterly_results_in_25_papers_call_nobody(hear: Hear, body: str) -> None:
    said = [
        article(n, SUNDAY + timedelta(minutes=5 * n), *f"{paper}|{BODIES[body]}".split("|"))
        for n, paper in enumerate(lines("results"))
    ]
    assert len(said) == 25
    assert hear(week(SUNDAY) + said).told == []


# --- many at once ---------------------------------------------------------------------------------------------


def outage(brand: str = "Banca Lombra") -> list[Record]:
    """More and more of them, in a quarter of an hour."""
    texts = lines("outage", brand)
    assert len(texts) == 60
    return [
        post(f"a{n}", OUTAGE + timedelta(seconds=int(880 * (n / 60) ** 0.8)), text, 50 + 13 * n)
        for n, text in enumerate(texts)
    ]


def test_an_app_that_is_down_is_a_warning_and_one_story_whatever_the_brand_is_called(hear: Hear) -> None:
    """Told within a quarter of an hour, and nothing of the week is in it.

    Of a name of two words each text says both: were they two, they would tie all that is said of the brand.
    """
    counts = []
    for brand in TERMS:
        heard = hear(week(OUTAGE, brand) + outage(brand), brand)
        assert {each.heard_at.astimezone(ITALY).date() for each in heard.told} == {OUTAGE.date()}
        assert heard.loud()[0][0] <= "07:12"
        crisis = max(heard.parts, key=lambda ids: len(_complaints(ids)))
        assert len(_complaints(crisis)) > 30
        assert crisis == _complaints(crisis)
        counts.append(len(heard.parts))
    assert abs(counts[0] - counts[1]) <= 2


def _complaints(ids: set[str]) -> set[str]:
    return {each for each in ids if each.startswith("x:a")}
