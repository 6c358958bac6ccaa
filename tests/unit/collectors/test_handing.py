"""Collectors that cannot hand over what they hear say why, until they can again."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from collectors_world import Place
from prometheus_client import REGISTRY

from collectors.handing import Handing
from collectors.intake import Intake
from collectors.role import Collectors
from earshot.errors import Unavailable
from earshot.model import Author, Mention
from earshot.runtime import Context
from earshot.topics import Measured, Said, Withdrawn


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    here = Place(tmp_path, brands=[{"name": "Acme"}, {"name": "Bolt"}])
    yield here
    here.store.close()


class Stub:
    """A source that is there, and no more."""

    kind = "stub"

    def __init__(self, name: str) -> None:
        self.name = name

    def build(self, _context: Context) -> "Stub":
        return self


def role(place: Place, *names: str) -> Collectors:
    config: Any = SimpleNamespace(
        collectors=[Stub(name) for name in names],
        brands=place.config.brands,
        intake=place.config.intake,
    )
    return Collectors(Context(config, place.context.clock, place.bus, place.store))


def said(brand: str, place: Place, text: str = "words") -> Said:
    at = place.context.clock.now()
    author = Author(id="u")
    return Said(
        mention=Mention(id="x:1", brand=brand, text=text, author=author, created_at=at, collected_at=at)
    )


def away(*_: Any, **__: Any) -> Any:
    raise Unavailable("the disk is full")


def test_the_collectors_are_not_ready_while_nothing_can_be_published(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    collectors = role(place, "hook", "press")
    assert collectors.unready() is None
    with monkeypatch.context() as full:
        full.setattr(place.bus, "publish", away)
        for intake in collectors._intakes.values():
            with pytest.raises(Unavailable):
                intake.hear([said("Acme", place)])
        assert collectors.unready() == "the disk is full", "once, however many sources wait for it"
    hook, press = collectors._intakes.values()
    assert hook.busy() is None
    hook.hear([said("", place, "about nobody")])
    assert collectors.unready() == "the disk is full", "nothing was handed over yet"
    hook.hear([said("Acme", place)])
    assert collectors.unready() == "the disk is full", "the other source still waits"
    press.hear([said("Acme", place)])
    assert collectors.unready() is None


def test_nor_while_nobody_can_say_how_much_waits_or_what_cannot_be_read_cannot_be_kept(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    collectors = role(place, "hook")
    (intake,) = collectors._intakes.values()
    with monkeypatch.context() as down:
        down.setattr(place.bus, "lag", away)
        with pytest.raises(Unavailable):
            intake.busy()
    assert collectors.unready() == "the disk is full"
    intake.hear([said("Acme", place)])
    with monkeypatch.context() as down:
        down.setattr(place.store, "begin", away)
        with pytest.raises(Unavailable):
            intake.park(b"{", "not JSON", "hook:1")
    intake.hear([said("Acme", place)])
    assert collectors.unready() == "the disk is full", "of the store"
    intake.park(b"{", "not JSON", "hook:1")
    assert collectors.unready() is None


def test_who_is_sent_nobody_any_more_is_ready_to_try_again_after_a_minute() -> None:
    now = [100.0]
    handing = Handing(lambda: now[0])
    for _ in range(3):
        with pytest.raises(Unavailable), handing.to("bus"):
            away()
        now[0] += 59.9
        assert handing.trouble == "the disk is full"
    now[0] += 0.2
    assert handing.trouble is None


def test_other_errors_are_no_trouble_of_the_bus() -> None:
    handing = Handing(lambda: 0.0)
    with pytest.raises(ValueError, match="a bug"), handing.to("bus"):
        raise ValueError("a bug")
    assert handing.trouble is None


def test_dead_letters_of_every_configured_source_are_counted_from_nothing_on(place: Place) -> None:
    role(place, "one-of-these", "and-another")
    for origin in ("one-of-these", "and-another", "topic:mentions", "topic:stories"):
        assert REGISTRY.get_sample_value("earshot_dead_letters_total", {"origin": origin}) is not None
    assert REGISTRY.get_sample_value("earshot_dead_letters_total", {"origin": "one-of-these"}) == 0


@pytest.mark.parametrize(
    ("written", "brand"),
    [("Acme", "Acme"), ("acme", "Acme"), (" BOLT\t", "Bolt"), ("Elsewhere", "Elsewhere"), ("  ", "Acme")],
)
def test_a_brand_is_the_configured_one_in_whatever_letters_it_is_written(
    place: Place, written: str, brand: str
) -> None:
    at = place.context.clock.now()
    intake = Intake(place.context, "replay")
    intake.hear([said(written, place, "acme"), Withdrawn(id="x:1", brand=written, collected_at=at)])
    heard = [e.mention.brand if isinstance(e, Said) else e.brand for e in place.heard]
    assert heard == [brand, brand]
    assert not any(isinstance(event, Measured) for event in place.heard)
