import unicodedata
from collections.abc import Sequence
from datetime import UTC, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from alerts_world import (
    HEADLINE,
    RISK,
    START,
    Recorded,
    a_mention,
    a_step,
    a_story,
    an_episode,
    kept,
    minutes,
)
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from alerts.message import as_sent, compose, one_line
from alerts.rules import tellings
from earshot.explain import Language
from earshot.model import Author, Level, Story
from earshot.store.mentions import Kept
from earshot.store.notices import Kept as KeptNotice

BASE = "https://earshot.example"
CAUSE = a_mention(
    "9",
    "Anche a me, vergogna",
    author=Author(id="x:b", handle="@viaggibelli", followers=64_000),
    created_at=START + minutes(109),
)


def composed(
    language: Language = "en",
    first: Kept | None = None,
    cause: Kept | None = None,
    story: Story | None = None,
    waited: Sequence[Kept] = (),
    zone: tzinfo = UTC,
    **receiver: Any,
) -> KeptNotice:
    story = story or a_story(an_episode(a_step(minute=109, mention="x:9")))
    *_, telling = tellings(story, [Recorded(language=language, **receiver)])
    first = first or kept(a_mention())
    causes = [cause or kept(CAUSE, n=9), *waited]
    return compose(telling, first, causes, START + minutes(109.05), BASE, RISK, zone)


def test_the_english_notice() -> None:
    notice = composed()
    assert notice.subject == f'[Earshot] Warning: Ronvia, "{HEADLINE}"'
    assert notice.link == f"{BASE}/stories/7"
    assert (
        notice.text
        == f"""\
Warning: Ronvia
“{HEADLINE}”

Begun by @giulia_trevi (1,900 followers) on X, 26 Nov 2026, 07:52 UTC
Raised by @viaggibelli (64,000 followers) on X, 26 Nov 2026, 09:41 UTC:
“Anche a me, vergogna”
Told because the risk of the story rose.

So far: 14 mentions by 12 authors, estimated reach about 66,000 people, 1 outlet.

Why the risk of the story is 64 out of 100:
  +1.70  Negativity: 11 of 12 authors negative
  +0.80  Reach: about 66,000 people
  +0.45  Press: taken up by 1 local outlet
  +0.50  Credibility: reposts apart, no mention repeats the words of another; automated accounts are not detected
  3.45 − 2.87 = 0.58 → 64 out of 100

Heard 26 Nov 2026, 09:41 UTC, decided 26 Nov 2026, 09:41 UTC.
Open the story: {BASE}/stories/7"""
    )


def test_the_italian_notice() -> None:
    notice = composed("it")
    assert notice.subject == f'[Earshot] Attenzione: Ronvia, "{HEADLINE}"'
    assert (
        notice.text
        == f"""\
Attenzione: Ronvia
“{HEADLINE}”

Nata da @giulia_trevi (1.900 follower) su X, 26 nov 2026, 07:52 UTC
A far scattare l’avviso è @viaggibelli (64.000 follower) su X, 26 nov 2026, 09:41 UTC:
“Anche a me, vergogna”
Perché questo avviso: il rischio della vicenda è salito.

Finora: 14 menzioni di 12 autori, copertura stimata di circa 66.000 persone, 1 testata.

Perché il rischio della vicenda è 64 su 100:
  +1,70  Negatività: 11 autori su 12 negativi
  +0,80  Copertura stimata: circa 66.000 persone
  +0,45  Stampa: ripresa da 1 testata locale
  +0,50  Credibilità: rilanci a parte, nessuna menzione ripete le parole di un’altra; gli account automatici non sono rilevati
  3,45 − 2,87 = 0,58 → 64 su 100

Rilevata: 26 nov 2026, 09:41 UTC. Avviso deciso: 26 nov 2026, 09:41 UTC.
Apri la vicenda: {BASE}/stories/7"""
    )


def test_times_are_those_of_the_configured_zone_with_its_name() -> None:
    text = composed(zone=ZoneInfo("Europe/Rome")).text
    assert "Begun by @giulia_trevi (1,900 followers) on X, 26 Nov 2026, 08:52 CET\n" in text
    assert "Heard 26 Nov 2026, 10:41 CET, decided 26 Nov 2026, 10:41 CET." in text


def test_from_the_second_decision_on_the_subject_quotes_what_raised_it_now() -> None:
    """Else all mails of a story would be called the same."""
    opened, louder = a_step(Level.watch), a_step(Level.warning, minute=109, mention="x:9", reason="legal")
    notice = composed(story=a_story(an_episode(opened, louder)))
    assert notice.subject == '[Earshot] Warning: Ronvia, "Anche a me, vergogna"'
    assert f"“{HEADLINE}”" in notice.text
    assert "“Anche a me, vergogna”" in notice.text
    again = a_story(an_episode(opened, resolved=70), an_episode(louder, number=2))
    assert composed(story=again).subject == notice.subject


@pytest.mark.parametrize(
    ("level", "english", "italian"),
    [
        (Level.watch, "Watch", "Da seguire"),
        (Level.warning, "Warning", "Attenzione"),
        (Level.critical, "Critical", "Critico"),
    ],
)
def test_levels_go_by_the_words_on_screen(level: Level, english: str, italian: str) -> None:
    story = a_story(an_episode(a_step(level)))
    assert composed(story=story).subject.startswith(f"[Earshot] {english}: ")
    assert composed("it", story=story).subject.startswith(f"[Earshot] {italian}: ")


def test_a_critical_story_of_less_risk_says_why() -> None:
    """By the figure alone a reader would take the level for a mistake."""
    numbers = {"outlets": {"voce.example": "national"}, "base": 0.2, "votes": 118_000, "risk": 71.8}
    story = a_story(an_episode(a_step(Level.critical, risk=71.8)), **numbers)
    assert (
        "\n\nCritical although its risk is 72: nearly all who speak are against the brand, and the press has taken"
        " it up.\nWhy the risk of the story is 72 out of 100:\n"
    ) in composed(story=story).text
    assert (
        "\n\nCritico anche se il rischio è 72: quasi tutti quelli che ne parlano sono contro il marchio, e la stampa"
        " l’ha ripresa.\nPerché il rischio della vicenda è 72 su 100:\n"
    ) in composed("it", story=story).text
    assert (
        "although"
        not in composed(
            story=a_story(an_episode(a_step(Level.critical, risk=85)), **numbers | {"risk": 85})
        ).text
    )
    warned = a_step(Level.warning, risk=71.8)
    assert "although" not in composed(story=a_story(an_episode(warned), **numbers)).text


def test_two_reasons_are_both_said_at_the_level_of_the_louder_one() -> None:
    steps = a_step(Level.watch), a_step(Level.warning, reason="press_interest", also=True)
    story = a_story(an_episode(*steps))
    english, italian = composed(story=story), composed("it", story=story)
    assert english.text.startswith("Warning: Ronvia\n")
    assert (english.level, english.reason, english.also) == (Level.warning, "press_interest", ("risk",))
    assert (
        "\nTold because the risk of the story rose; somebody from the press seems to ask for a word.\n"
        in english.text
    )
    assert (
        "\nPerché questo avviso: il rischio della vicenda è salito; qualcuno della stampa sembra chiedere un contatto.\n"
        in italian.text
    )


@pytest.mark.parametrize(
    ("said", "english", "italian"),
    [
        (1, "1 more mention since", "1 altra menzione dall’ultimo"),
        (1_200, "1,200 more mentions since", "altre 1.200 menzioni dall’ultimo"),
    ],
)
def test_what_calls_again_says_how_many_said_so_and_when_the_first_of_them_was_heard(
    said: int, english: str, italian: str
) -> None:
    waited = a_step(minute=109, mention="x:9", reason="safety", again=2, said=said)
    cause = kept(structs.replace(CAUSE, collected_at=START + minutes(60)), n=9)
    first, second = (composed(each, cause=cause, story=a_story(an_episode(waited))) for each in ("en", "it"))
    assert f"somebody may be hurt or in danger ({english} this was last told)." in first.text
    assert f"essere in pericolo ({italian} avviso su questo)." in second.text
    assert "Heard 26 Nov 2026, 08:52 UTC, decided" in first.text


def test_who_had_waited_is_named_beside_who_called() -> None:
    """Two people in one notice: neither of them is only a number."""
    burnt = a_mention("8", "Mi sono ustionata", author=Author(id="x:c", handle="nonna_pina"))
    waited = a_step(minute=109, mention="x:8", reason="safety", again=2, said=3, also=True)
    story = a_story(an_episode(a_step(minute=109, mention="x:9", reason="legal"), waited))
    english, italian = (composed(each, story=story, waited=[kept(burnt, n=8)]).text for each in ("en", "it"))
    assert (
        "Raised by @viaggibelli (64,000 followers) on X, 26 Nov 2026, 09:41 UTC:\n“Anche a me, vergogna”\n"
        "Raised also by @nonna_pina on X, 26 Nov 2026, 07:52 UTC:\n“Mi sono ustionata”\n"
    ) in english
    assert "or an authority; somebody may be hurt or in danger (3 more mentions since" in english
    assert "\nA farlo scattare è anche @nonna_pina su X, 26 nov 2026, 07:52 UTC:\n“Mi sono" in italian


def test_a_mention_that_began_the_story_and_raised_it_is_named_once() -> None:
    notice = composed(cause=kept(a_mention()))
    assert "Begun by @giulia_trevi" in notice.text
    assert "Raised by" not in notice.text


def test_a_title_is_the_headline_where_there_is_one() -> None:
    article = a_mention(
        title="Ronvia, carte in tilt", kind="article", author=Author(id="news:g", name="Gazzetta")
    )
    notice = composed(first=kept(article))
    assert notice.subject.endswith('"Ronvia, carte in tilt"')
    assert "Begun by Gazzetta, 26 Nov" in notice.text


def test_a_long_text_is_cut_and_an_unknown_author_is_called_so() -> None:
    notice = composed(first=kept(a_mention(text="parola " * 100, author=Author(id="x:z"))))
    assert notice.subject == f'[Earshot] Warning: Ronvia, "{("parola " * 100)[:120].rstrip()}…"'
    assert "Begun by unknown author on X" in notice.text


def test_what_was_withdrawn_is_not_quoted() -> None:
    gone = kept(a_mention(text="", title=""), withdrawn=True)
    assert composed(first=gone).subject.endswith('"(withdrawn)"')
    assert composed("it", first=gone).subject.endswith('"(ritirata)"')
    assert composed(first=kept(a_mention(text=" \n "))).subject.endswith('"(no text)"')


def test_a_story_that_has_calmed_down_since_says_so() -> None:
    story = a_story(an_episode(a_step(), resolved=70))
    assert "It has calmed down since: 26 Nov 2026, 09:02 UTC." in composed(story=story).text
    assert (
        "Nel frattempo la vicenda si è calmata: 26 nov 2026, 09:02 UTC." in composed("it", story=story).text
    )


@pytest.mark.parametrize(
    ("minutes_ago", "english", "italian"),
    [
        (5, None, None),
        (
            12,
            "Heard 12 min ago: this notice is late.",
            "Rilevata 12 min fa: questo avviso arriva in ritardo.",
        ),
        (60 * 5, "Heard 5 h ago: this notice is late.", "Rilevata 5 h fa: questo avviso arriva in ritardo."),
        (60 * 72, "Heard 3 d ago: this notice is late.", "Rilevata 3 g fa: questo avviso arriva in ritardo."),
    ],
)
def test_a_late_notice_says_so_first(minutes_ago: int, english: str, italian: str) -> None:
    for language, line in (("en", english), ("it", italian)):
        notice = composed(language)
        sent = as_sent(notice, language, notice.heard_at + minutes(minutes_ago), live=True)
        assert sent.text == (f"{line}\n\n{notice.text}" if line else notice.text)


def test_a_replay_is_never_late() -> None:
    notice = composed()
    assert as_sent(notice, "en", notice.heard_at + timedelta(days=90), live=False) == notice


def test_a_possible_repeat_says_so_and_keeps_its_identity() -> None:
    notice = structs.replace(composed("it"), possible_repeat=True)
    sent = as_sent(notice, "it", notice.heard_at, live=True)
    assert sent.text.startswith(
        "Potreste aver già ricevuto questo avviso: un invio precedente si è interrotto.\n\n"
    )
    assert sent.identity == notice.identity


HOSTILE = "ciao\r\nBcc: tutti@example.org\x00\u2028\u202eX-Evil: 1\x85\x0b fine"


def test_a_hostile_text_stays_on_its_line() -> None:
    author = Author(id="x:e", handle=HOSTILE, followers=3)
    story = a_story(an_episode(), brand="Ron\r\nvia")
    notice = composed(first=kept(a_mention(text=HOSTILE, author=author)), story=story)
    assert notice.subject == '[Earshot] Warning: Ron via, "ciao Bcc: tutti@example.org X-Evil: 1 fine"'
    assert notice.text.count("\n") == composed().text.count("\n")


@given(st.text(), st.integers(1, 200))
def test_one_line_holds_no_control_and_no_break(text: str, longest: int) -> None:
    line = one_line(text, longest)
    assert len(line) <= longest + 1
    assert line.splitlines() in ([line], [])
    assert all(unicodedata.category(c) not in {"Cc", "Cs", "Zl", "Zp"} for c in line)
    assert "\u202e" not in line
    assert one_line(line, longest + 1) == line
