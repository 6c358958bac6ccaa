"""Series are counted from what is stored, bucket by bucket, on the log's clock; a surge is one story of its own."""

from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs
from pipeline_world import FURIOUS, PLAIN, said, withdrawn
from surge_world import (
    ALL,
    AUTHORS,
    DAY,
    NEGATIVE,
    SurgeWorld,
    bucket,
    moment,
    murmur,
    storm,
    tail,
)
from test_same_decisions import Dying

from earshot.clock import to_us
from earshot.errors import Unavailable
from earshot.explain import work
from earshot.store import brands, outages, surges
from earshot.store.outages import Outage
from earshot.topics import Event, Said
from processors.surge.series import HOLD
from processors.surge.watch import BUCKET_US


@pytest.fixture
def world(tmp_path: Path) -> SurgeWorld:
    return SurgeWorld(tmp_path)


KINDS = (ALL, NEGATIVE, AUTHORS)


def stored_authors(world: SurgeWorld) -> dict[int, int]:
    """As a surge's page counts them again."""
    with world.store.read() as connection:
        numbers = brands.numbers(brands.every(connection)[0].no)
        return surges.authors_by_bucket(connection, numbers, (0, 2**62), BUCKET_US)


def past(*, days: float, every: float, since: float = 0, source: str = "x") -> list[Said]:
    """Taken in of the past: one mention each so many minutes."""
    return [
        said(
            f"p{n}",
            days * DAY,
            PLAIN,
            id=f"{source}:p{n}",
            created_at=moment(since + n * every),
            backfill=True,
        )
        for n in range(int(days * DAY / every))
    ]


def folder(inside: Path, name: str) -> Path:
    (inside / name).mkdir()
    return inside / name


class TestCounting:
    def test_a_bucket_closes_two_minutes_after_its_end_and_not_before(self, world: SurgeWorld) -> None:
        world.hear(tail(0), said("1", 7, by="a"), said("2", 8, by="b"), tail(11.9))
        assert world.series() == {}
        world.hear(tail(12.1))
        assert world.series()[ALL].counts == (2.0,)
        assert world.series()[ALL].bucket == bucket(5)

    def test_what_was_said_before_anybody_listened_is_not_counted(self, world: SurgeWorld) -> None:
        world.hear(tail(3), tail(13))
        assert world.series()[ALL].counts == (0.0,)

    def test_an_author_counts_once_in_a_bucket_and_a_mention_each_time(self, world: SurgeWorld) -> None:
        world.hear(tail(0), *(said(str(n), 6.5 + n / 9, FURIOUS, by="angry") for n in range(5)), tail(13))
        series = world.series()
        assert [series[key].counts[-1] for key in (ALL, NEGATIVE, AUTHORS)] == [5.0, 5.0, 1.0]

    def test_a_repost_counts_among_all_and_complains_no_more(self, tmp_path: Path) -> None:
        world = SurgeWorld(tmp_path, topics=[{"name": "App", "any": ["app"]}])
        down = "The app is horrible"
        world.hear(
            tail(0),
            said("1", 6.5, down, by="own"),
            said("2", 7, down, by="fan", kind="repost", reposted="x:1"),
            said("3", 7, down, by="friend", reposted="x:1"),
            said("4", 8, f"{down}, so it is", by="quoter", kind="quote", quoted="x:1"),
            said("5", 9, down, by="another"),
            tail(13),
        )
        counted = [[world.series()[k._replace(topic=t)].counts for k in KINDS] for t in ("", "App")]
        assert counted == [[(5.0,), (3.0,), (3.0,)]] * 2
        assert list(stored_authors(world).values()) == [3]

    def test_reposts_of_the_past_are_no_usual_complaints(self, world: SurgeWorld) -> None:
        passed_on = [
            structs.replace(e, mention=structs.replace(e.mention, text=FURIOUS, kind="repost"))
            for e in past(days=4, every=30)
        ]
        world.hear(*passed_on, said("1", 4 * DAY, PLAIN))
        learnt = world.series()
        assert learnt[ALL].mean == pytest.approx(2.0, abs=0.1)
        assert learnt[NEGATIVE].mean == learnt[AUTHORS].mean == 0.0

    def test_backfill_is_never_counted_and_opens_no_series(self, world: SurgeWorld) -> None:
        world.hear(*(said(f"b{n}", n * 10, backfill=True) for n in range(9)))
        assert world.series() == {}
        world.hear(tail(100), said("b", 106.5, backfill=True), said("1", 107), tail(120))
        assert world.series()[ALL].counts == (1.0, 0.0)

    def test_what_was_taken_in_of_the_past_says_what_is_usual(self, world: SurgeWorld) -> None:
        world.hear(*past(days=4, every=30), said("1", 4 * DAY, PLAIN))
        learnt = world.series()
        assert learnt[ALL].hours == 4 * 288 - 11 - 5  # from the first to the last that is of the past
        assert learnt[ALL].mean == pytest.approx(2.0, abs=0.1)
        assert learnt[AUTHORS].mean == 0.0
        assert world.surges() == []

    def test_with_a_past_a_crowd_on_the_first_morning_is_a_surge(self, tmp_path: Path) -> None:
        for with_past in (True, False):
            world = SurgeWorld(folder(tmp_path, str(with_past)))
            if with_past:
                world.hear(*past(days=4, every=30))
            world.hear(tail(4 * DAY), *storm(4 * DAY + 30, 40), tail(4 * DAY + 120))
            assert len(world.surges()) == with_past

    @pytest.mark.parametrize("days", [1, 1.9])
    def test_a_short_past_says_nothing(self, world: SurgeWorld, days: float) -> None:
        world.hear(*past(days=days, every=30), said("1", days * DAY, PLAIN))
        assert world.series() == {}

    def test_the_past_counts_from_when_all_that_brings_much_had_begun(self, world: SurgeWorld) -> None:
        reviews = past(days=3, every=30, since=3 * DAY, source="reviews")
        few = [said("f", 5 * DAY, PLAIN, id="forum:1", backfill=True)]
        world.hear(*past(days=6, every=30), *reviews, *few, said("1", 6 * DAY, PLAIN))
        assert world.series()[ALL].hours == 3 * 288 - 11 - 5
        assert world.series()[ALL].mean == pytest.approx(4.0, abs=0.2)

    @pytest.mark.parametrize("cut", [1, 50, 150])
    def test_the_past_is_the_same_however_it_is_cut(self, tmp_path: Path, cut: int) -> None:
        whole, parts = (SurgeWorld(folder(tmp_path, name)) for name in ("whole", "parts"))
        events = [
            *past(days=4, every=30),
            withdrawn("p7", DAY),
            said("1", 4 * DAY, PLAIN),
            tail(4 * DAY + 20),
        ]
        whole.hear(*events)
        for at in (slice(None, cut), slice(cut, None)):
            parts.hear(*events[at])
            parts.restart()
        assert parts.series() == whole.series()

    def test_what_is_heard_after_its_bucket_has_closed_changes_nothing(self, world: SurgeWorld) -> None:
        world.hear(tail(0), said("1", 7), tail(13))
        before = world.series()
        late = said("2", 14, created_at=moment(6.2))
        world.hear(late)
        assert world.series() == before
        world.hear(tail(18))
        assert world.series()[ALL].counts == (
            1.0,
            1.0,
        )  # minute 13's, said in minute 12; the late one nowhere

    def test_what_is_taken_back_before_the_bucket_closes_does_not_count(self, world: SurgeWorld) -> None:
        world.hear(tail(0), said("1", 7), said("2", 7.5), withdrawn("1", 9), tail(13))
        assert world.series()[ALL].counts == (1.0,)
        world.hear(withdrawn("2", 14), tail(30))
        assert world.series()[ALL].counts[0] == 1.0

    def test_a_clock_that_goes_back_reopens_nothing(self, world: SurgeWorld) -> None:
        world.hear(tail(0), said("1", 7), tail(13))
        before = world.series()
        world.hear(said("2", 6.5, created_at=moment(6)), said("3", 3))
        assert world.series() == before
        world.hear(tail(18))
        assert world.series()[ALL].bucket == bucket(10)

    def test_brands_are_counted_apart(self, world: SurgeWorld) -> None:
        world.hear(tail(0), said("1", 7), said("2", 7, brand="Bolt"), tail(13), said("3", 13, brand="Bolt"))
        assert world.series()[ALL].counts == (1.0,)
        assert world.series("Bolt") == {}  # its first bucket is not whole, and its next one is open

    def test_a_topic_has_series_of_its_own(self, tmp_path: Path) -> None:
        world = SurgeWorld(
            tmp_path, topics=[{"name": "App", "any": ["app"]}, {"name": "Else", "brands": ["Bolt"]}]
        )
        world.hear(tail(0), said("1", 7, "Acme's APP is horrible"), said("2", 7, FURIOUS), tail(13))
        assert world.series()[AUTHORS].counts == (2.0,)
        assert world.series()[AUTHORS._replace(topic="App")].counts == (1.0,)
        assert {key.topic for key in world.series()} == {"", "App"}

    def test_sources_that_are_asked_rarely_have_series_of_their_own(self, tmp_path: Path) -> None:
        feed = {"kind": "feeds", "name": "blogs", "urls": ["https://feed.example/x"], "interval": "1h"}
        world = SurgeWorld(tmp_path, collectors=[feed])
        post = said("1", 50, id="blogs:1", created_at=moment(6))
        world.hear(tail(0), said("2", 7), post, tail(71.9))
        assert world.series()[ALL].counts[0] == 1.0
        assert ALL._replace(pace="polled") not in world.series()
        world.hear(tail(72.1))
        assert world.series()[ALL._replace(pace="polled")].counts == (1.0,)

    def test_silence_is_counted_by_the_wall_clock_of_a_live_run(self, tmp_path: Path) -> None:
        world = SurgeWorld(tmp_path, live=True)
        world.hear(tail(0), said("1", 7))
        world.clock.advance(timedelta(minutes=40))
        world.pipeline.step()
        assert world.series()[ALL].counts == (1.0, 0.0, 0.0, 0.0, 0.0, 0.0)

    def test_a_silence_of_years_costs_no_more_than_a_month(self, world: SurgeWorld) -> None:
        world.hear(tail(0), said("1", 7), tail(10 * 365 * DAY))
        assert world.series()[ALL].bucket >= bucket(10 * 365 * DAY) - 2
        assert world.series()[ALL].hours < 40 * 288


class TestOutages:
    def out(self, world: SurgeWorld, begin: float, end: float | None, noticed: float | None = None) -> None:
        with world.store.begin() as connection:
            known = outages.during(connection, 0, 2**62)
            if known and end is not None:
                outages.end(connection, "wire", to_us(moment(end)))
                return
            noticed = begin + 1 if noticed is None else noticed
            began, seen = to_us(moment(begin)), to_us(moment(noticed))
            until = None if end is None else to_us(moment(end))
            outages.begin(connection, Outage(0, "wire", "failing", began, seen, until, None))

    @pytest.fixture
    def world(self, tmp_path: Path) -> SurgeWorld:
        """Its mentions come from the collector `wire`, whose ids begin with x."""

        feed = {"kind": "feeds", "name": "wire", "urls": ["https://feed.example/x"], "source": "x"}

        return SurgeWorld(tmp_path, collectors=[feed])

    def test_while_a_source_is_out_nothing_is_counted(self, world: SurgeWorld) -> None:
        world.hear(tail(0), *murmur(0.2))
        before = world.series()[ALL]
        self.out(world, 300, 400)
        world.hear(tail(405))
        after = world.series()[ALL]
        assert after.frozen
        assert after.hours - before.hours == 9  # what closed between the last mention and the outage
        world.hear(tail(420))
        assert not world.series()[ALL].frozen

    def test_an_outage_never_looks_like_calm_nor_its_return_like_a_storm(self, tmp_path: Path) -> None:
        """A steady stream of complaints, cut for six hours: what is usual does not sink, and no surge is seen."""
        feed = {"kind": "feeds", "name": "wire", "urls": ["https://feed.example/x"], "source": "x"}
        world = SurgeWorld(tmp_path, collectors=[feed])
        steady = [said(f"n{n}", n * 4, FURIOUS, by=f"p{n}") for n in range(500)]
        world.hear(*steady)
        usual = world.series()[AUTHORS].mean
        self.out(world, 2_000, 2_360)
        backlog = [
            said(f"q{n}", 2_361 + n / 100, FURIOUS, by=f"q{n}", created_at=moment(2_000 + n * 4))
            for n in range(90)
        ]
        world.hear(*backlog, *(said(f"r{n}", 2_364 + n * 4, FURIOUS, by=f"r{n}") for n in range(60)))
        assert world.series()[AUTHORS].mean == pytest.approx(usual, rel=0.03)
        assert world.surges() == []

    def test_a_source_that_brings_little_stops_no_counting(self, tmp_path: Path) -> None:
        feed = {"kind": "feeds", "name": "wire", "urls": ["https://feed.example/x"]}
        world = SurgeWorld(tmp_path, collectors=[feed])
        world.hear(*murmur(0.2))
        self.out(world, 300, None)
        world.hear(tail(400))
        assert not world.series()[ALL].frozen

    def test_what_is_noticed_after_a_bucket_has_closed_does_not_change_it(self, world: SurgeWorld) -> None:
        world.hear(*murmur(0.2), tail(340))
        before = world.series()
        self.out(world, 300, None, noticed=341)
        world.hear(tail(341.5))
        assert world.series() == before
        world.hear(tail(400))
        assert world.series()[ALL].frozen


class TestSurges:
    def test_many_complaints_at_once_are_a_surge_and_a_few_are_none(self, world: SurgeWorld) -> None:
        world.hear(*murmur(), *storm(1.5 * DAY + 5, 3), tail(1.5 * DAY + 60))
        assert world.surges() == []
        world.hear(*storm(1.6 * DAY, 20), tail(1.6 * DAY + 60))
        surge = world.surge()
        assert surge.topic == ""
        assert surge.steps[0].hour > 5 > surge.steps[0].usual
        assert moment(1.6 * DAY) < surge.opened_at < moment(1.6 * DAY + 20)

    def test_one_complaint_that_many_pass_on_is_none_and_lends_no_words(self, world: SurgeWorld) -> None:
        angry = "Disgraceful: the Acme elevator is horrible"
        world.hear(*murmur(), *storm(1.5 * DAY + 5, 60, text=angry, kind="repost"), tail(1.5 * DAY + 60))
        assert world.surges() == []
        crowd = [*storm(1.6 * DAY), *storm(1.6 * DAY + 0.1, 60, text=angry, kind="repost")]
        both = sorted(crowd, key=lambda each: each.mention.collected_at)
        world.hear(*both, tail(1.6 * DAY + 60))
        ((surge, fresh),) = world.surges()
        assert surge.height.hour == 20
        assert "elevator" not in {word for each in fresh for word in each.term.split()}

    def test_it_says_what_is_new_and_who_says_it(self, world: SurgeWorld) -> None:
        world.hear(*murmur(), *storm(1.5 * DAY + 5), tail(1.5 * DAY + 60))
        ((surge, fresh),) = world.surges()
        assert {"app", "log"} & {word for each in fresh for word in each.term.split()}
        assert all(each.said >= 2 for each in fresh)
        assert len(set(surge.mentions)) == 3

    def test_half_as_many_again_is_told_once_more(self, world: SurgeWorld) -> None:
        world.hear(*murmur(), *storm(1.5 * DAY + 5, 10), *storm(1.5 * DAY + 30, 60), tail(1.5 * DAY + 90))
        surge = world.surge()
        assert len(surge.steps) >= 2
        for before, after in zip(surge.steps, surge.steps[1:], strict=False):
            assert after.hour >= 1.5 * before.hour

    def test_it_is_over_after_twelve_hours_when_the_hour_is_usual_again(self, world: SurgeWorld) -> None:
        begin = 1.5 * DAY + 5
        world.hear(*murmur(), *storm(begin), tail(begin + 11 * 60))
        assert world.surge().over_at is None
        world.hear(tail(begin + 13 * 60))
        over = world.surge()
        assert over.over_at
        assert (over.over_at - over.opened_at) >= timedelta(seconds=HOLD * 300)

    def test_the_next_one_is_another_one(self, world: SurgeWorld) -> None:
        begin = 1.5 * DAY + 5
        world.hear(*murmur(), *storm(begin), *murmur_from(begin + 100), *storm(begin + 3 * DAY, 60))
        world.hear(tail(begin + 3 * DAY + 60))
        one, other = (kept.surge for kept in world.surges())
        assert one.over_at
        assert other.over_at is None
        assert other.id == one.id + 1

    def test_a_topic_surges_for_itself(self, tmp_path: Path) -> None:
        world = SurgeWorld(tmp_path, topics=[{"name": "App", "any": ["app"]}])
        world.hear(*murmur(), *storm(1.5 * DAY + 5), tail(1.5 * DAY + 60))
        assert {kept.surge.topic for kept in world.surges()} == {"", "App"}

    def test_on_an_expected_day_more_is_needed(self, tmp_path: Path) -> None:
        strike = {"name": "strike", "from": moment(1.4 * DAY), "to": moment(1.6 * DAY), "factor": 1.5}
        log = [*murmur(), *storm(1.5 * DAY + 5, 5), tail(1.5 * DAY + 60)]
        (tmp_path / "one").mkdir()
        (tmp_path / "two").mkdir()
        assert len(SurgeWorld(tmp_path / "one").hear(*log).surges()) == 1
        world = SurgeWorld(tmp_path / "two", calendar=[strike]).hear(*log)
        assert world.surges() == []
        world.hear(*storm(1.5 * DAY + 70, 60), tail(1.5 * DAY + 150))
        assert world.surge().expected == "strike"

    def test_each_change_is_published_and_the_last_days_again_after_a_restart(
        self, world: SurgeWorld
    ) -> None:
        world.hear(*murmur(), *storm(1.5 * DAY + 5), tail(1.5 * DAY + 60))
        told = world.published()
        assert told[-1] == world.surge()
        world.restart()
        world.hear(tail(1.5 * DAY + 61))
        assert len(world.published()) == len(told) + 1


class TestRisk:
    def test_what_begins_in_a_surge_weighs_more_and_says_why(self, world: SurgeWorld) -> None:
        begin = 1.5 * DAY + 5
        world.hear(*murmur(), *storm(begin, 40), tail(begin + 30))
        assert world.surges()
        angry = "The clerk at the airport desk was horrible, rude and disgusting to my mother"
        world.hear(said("late", begin + 31, angry, by="someone"))
        (story,) = [each for each in world.stories() if each.first == "x:late"]
        assert 0 < story.surge <= 1
        assert story.terms.surge == pytest.approx(
            world.settings.risk.surge * work(story, world.settings.risk).open * story.surge
        )
        assert work(story, world.settings.risk).risk == pytest.approx(story.risk)

    def test_without_one_it_weighs_nothing(self, world: SurgeWorld) -> None:
        world.hear(*murmur(0.2))
        assert {story.terms.surge for story in world.stories()} == {0.0}


def murmur_from(at: float) -> list[Any]:
    return [said(f"z{at}-{n}", at + n * 60, f"{PLAIN} again {n}", by=f"z{n}") for n in range(60)]


@st.composite
def spoken(draw: st.DrawFn) -> list[Event]:
    """Anything that may come after a day of murmur: storms, edits, what is late and what is taken back."""
    log: list[Event] = []
    at = 1.1 * DAY
    for n in range(draw(st.integers(1, 25))):
        at += draw(st.sampled_from([0.5, 0.5, 1, 6, 30]))
        form = draw(st.sampled_from(["said"] * 6 + ["edited", "withdrawn", "late"]))
        native = str(draw(st.integers(0, 20)))
        if form == "withdrawn":
            log.append(withdrawn(native, at))
            continue
        values: dict[str, Any] = {
            "by": draw(st.sampled_from("abcdefghij")),
            "kind": draw(st.sampled_from(["post", "post", "repost"])),
        }
        if form == "edited":
            values["edited_at"] = moment(at)
        if form == "late":
            values["created_at"] = moment(at - draw(st.integers(1, 30)))
        log.append(said(native, at, draw(st.sampled_from([FURIOUS, PLAIN])) + f" {n % 3}", **values))
    return log


def state(world: SurgeWorld) -> list[Any]:
    """Not the stories: words may link otherwise after a restart (decision 13), and nothing here depends on them."""
    found = [(structs.replace(kept.surge, version=0), kept.fresh) for kept in world.surges()]
    with world.store.read() as connection:
        counted = [(row.name, row.seq, row.clock, row.counted) for row in brands.every(connection)]
    return [world.series(), found, counted]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(log=spoken(), cuts=st.lists(st.tuples(st.integers(1, 9), st.sampled_from("-rk")), max_size=12))
def test_buckets_are_the_same_however_the_log_is_cut_and_wherever_we_are_killed(
    log: list[Event], cuts: list[tuple[int, str]]
) -> None:
    before, end = murmur(1.1, 40), tail(1.1 * DAY + 1_000)
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        expected = state(SurgeWorld(Path(one)).hear(*before, *log, end))
        world = SurgeWorld(Path(other)).hear(*before)
        rest = list(log)
        for size, how in cuts:
            part, rest = rest[:size], rest[size:]
            world.publish(*part)
            if how == "k":
                killed_after_saving(world)
            world.drain()
            if how == "r":
                world.restart()
        assert state(world.hear(*rest, end)) == expected


def killed_after_saving(world: SurgeWorld) -> None:
    dying = Dying(world)
    world.pipeline._bus = dying  # type: ignore[assignment]
    dying.alive = False
    with suppress(Unavailable):
        world.drain()
    world.restart()


def test_the_whole_log_heard_again_counts_nothing_twice(tmp_path: Path) -> None:
    world = SurgeWorld(tmp_path)
    log = [*murmur(), *storm(1.5 * DAY + 5), tail(1.5 * DAY + 60)]
    before = state(world.hear(*log))
    assert state(world.hear(*log)) == before
