"""What becomes of mentions: identity, revisions, withdrawals, stories, alerts."""

from datetime import timedelta
from pathlib import Path

import pytest
from pipeline_world import FURIOUS, PLAIN, PLEASED, START, World, alike, measured, said, withdrawn

from earshot.model import Level
from earshot.seams import Message
from earshot.store import dead, mentions
from earshot.topics import MENTIONS, STORIES


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_the_same_mention_heard_twice_counts_once(world: World) -> None:
    assert world.hear(said("1"), said("1")).hear(said("1")).story().mentions == 1


def test_reposts_join_the_story_of_the_original_whichever_comes_first(world: World) -> None:
    world.hear(said("2", 1, reposted="x:1", kind="repost"), said("1", 2, PLAIN))
    assert world.story().mentions == 2
    assert [kept.link for kept in world.kept(world.story())] == ["new", "reference"]


def test_copies_join_by_their_words_and_links_by_their_page(world: World) -> None:
    world.hear(
        said(
            "1",
            text=f"{FURIOUS} https://daily.example/a?utm_source=x",
            links=("https://daily.example/a?utm_source=x",),
        ),
        said("2", text=f"RT @someone {FURIOUS.upper()}!!!"),
        said("3", text=PLAIN, links=("https://www.daily.example/a/",)),
    )
    assert [kept.link for kept in world.kept(world.story())] == ["new", "copy", "url"]


def test_words_do_not_link_after_a_week_ids_do(world: World) -> None:
    week = 7 * 24 * 60 + 120
    world.hear(said("1"), said("2", week), said("3", week + 1, PLAIN, parent="x:1", kind="reply"))
    assert [story.mentions for story in world.stories()] == [2, 1]


def test_a_story_that_lives_long_is_still_found_after_a_restart(world: World) -> None:
    for day in range(12):
        world.hear(said(f"{day}", day * 24 * 60))
        world.restart()
    assert world.story().mentions == 12


def test_an_edit_replaces_the_text_and_keeps_when_it_was_said(world: World) -> None:
    world.hear(said("1"))
    assert world.story().negative_authors == 1
    world.hear(said("1", 30, PLEASED, edited_at=START + timedelta(minutes=29)))
    (kept,) = world.kept(world.story())
    assert (kept.mention.text, world.story().negative_authors) == (PLEASED, 0)
    assert kept.mention.created_at == START - timedelta(minutes=1)


def test_an_older_revision_does_not_replace_a_newer_one(world: World) -> None:
    newer = said("1", 30, PLEASED, edited_at=START + timedelta(minutes=29))
    (kept,) = world.hear(newer, said("1")).kept(world.story())
    assert kept.mention.text == PLEASED


def test_what_was_withdrawn_loses_its_words_and_never_comes_back(world: World) -> None:
    world.hear(said("1"), said("2", text=PLAIN, parent="x:1"), withdrawn("1", 5)).hear(said("1", 9))
    gone, _ = world.kept(world.story())
    assert (gone.withdrawn, gone.mention.text, gone.mention.author.handle) == (True, "", "")
    assert (world.story().mentions, world.story().withdrawn, world.story().negative_authors) == (2, 1, 0)


def test_what_was_withdrawn_stays_among_mentions_authors_and_reach_as_the_guide_says(world: World) -> None:
    before = world.hear(said("1", text="My charger caught fire, @acme!", followers=950)).story()
    after = world.hear(withdrawn("1", 5)).story()
    assert (after.mentions, after.authors, after.reach) == (before.mentions, before.authors, before.reach)
    assert (before.negative_authors, before.grave) == (1, 1)
    assert (after.negative_authors, after.voters, after.grave) == (0, 0, 0)


def test_what_was_withdrawn_before_it_was_heard_is_never_stored(world: World) -> None:
    assert world.hear(withdrawn("1")).hear(said("1", 1)).stories() == []


def test_metrics_keep_the_newest_observation(world: World) -> None:
    world.hear(said("1"), measured("1", 10, 7), measured("1", 5, 3))
    (kept,) = world.kept(world.story())
    assert kept.mention.metrics
    assert kept.mention.metrics.reposts == 7


def test_one_person_has_one_vote_and_is_reached_once(world: World) -> None:
    world.hear(*(said(str(i), i, by="same", followers=1_000) for i in range(5)))
    assert (world.story().authors, world.story().voters, world.story().followers) == (1, 1, 1_000)


def test_a_text_that_cannot_be_read_is_unknown_and_has_no_vote(world: World) -> None:
    world.hear(said("1", text="配送が遅れて最悪です。二度と使いません。"))
    assert (world.story().unread, world.story().voters) == (1, 0)


def test_a_wordless_repost_has_no_vote_and_is_not_unreadable(world: World) -> None:
    """It said nothing by itself: there was nothing to read."""
    silent = [said(str(n), n, "", kind="repost", reposted="x:1") for n in (2, 3, 4)]
    story = world.hear(said("1"), *silent).story()
    assert (story.mentions, story.voters, story.unread) == (4, 1, 0)
    story = world.hear(said("2", 9, "配送が遅れて最悪です。", edited_at=START), withdrawn("3", 10)).story()
    assert (story.unread, story.withdrawn) == (1, 1)
    assert alike(world.rebuilt(story), story)
    assert world.hear(said("2", 12, "", edited_at=START + timedelta(minutes=3))).story().unread == 0


def test_one_star_is_negative_in_every_language(world: World) -> None:
    world.hear(said("1", text="配送が遅れて最悪です。", stars=1, kind="review"))
    assert world.story().negative_authors == 1


def test_a_loud_first_voice_is_a_warning_at_once(world: World) -> None:
    world.hear(said("1", followers=800_000))
    (step,) = world.story().episodes[0].steps
    assert (step.level, step.reason, step.mention) == (Level.warning, "loud_author", "x:1")


def test_a_voice_is_heard_whatever_its_followers(world: World) -> None:
    watchdog = said("1", brand="Bolt", by="watchdog", followers=3)
    world.hear(watchdog)
    assert world.stories("Bolt")[0].episodes[0].steps[0].reason == "voice"


def test_what_the_brand_itself_publishes_is_no_loud_author(world: World) -> None:
    world.hear(said("1", by="acme_help", followers=800_000))
    assert not world.story().episodes


def test_an_outlets_own_account_is_press_and_no_loud_author(world: World) -> None:
    world.hear(said("1", by="d", followers=800_000))
    assert not [step for each in world.story().episodes for step in each.steps if step.reason != "risk"]


def test_what_is_heard_late_builds_stories_and_never_alerts(world: World) -> None:
    world.hear(said("1", followers=800_000, backfill=True))
    assert (world.story().mentions, world.story().episodes) == (1, ())


def test_negative_coverage_in_the_national_press_is_critical(world: World) -> None:
    world.hear(*(said(str(i), i) for i in range(30)))
    assert world.story().level is Level.watch
    world.hear(said("31", 31, kind="article", url="https://www.daily.example/acme", root="x:1"))
    assert world.story().episodes[0].level is Level.critical


def test_an_alert_is_over_after_an_hour_below_and_a_new_reason_opens_the_next(world: World) -> None:
    world.hear(said("1", followers=800_000))
    world.hear(said("other", 61 + 1, "Quite another matter about the new station building"))
    first = world.stories()[0]
    assert first.episodes[0].resolved_at == START + timedelta(minutes=60)
    world.hear(
        said("3", 120, PLAIN + " again", parent="x:1", followers=900_000),
        said("4", 121, parent="x:1", followers=900_000),
    )
    assert [episode.number for episode in world.stories()[0].episodes] == [1, 2]


def test_an_alert_by_a_rule_is_not_over_while_people_go_on_about_it(world: World) -> None:
    """Its risk never was a warning's: that it is low says nothing."""
    replies = [said(f"r{n}", n * 40, PLAIN + f" number {n}", parent="x:1") for n in range(1, 4)]
    world.hear(said("1", followers=800_000), *replies)
    assert world.stories()[0].episode
    world.hear(said("other", 181, "Quite another matter about the new station building"))
    assert world.stories()[0].episodes[0].resolved_at == START + timedelta(minutes=180)


def test_a_withdrawn_story_is_over_at_once(world: World) -> None:
    world.hear(said("1", followers=800_000), withdrawn("1", 3))
    assert world.story().episodes[0].resolved_at == START + timedelta(minutes=3)


def test_time_alone_ends_an_episode_when_nothing_more_is_heard(tmp_path: Path) -> None:
    world = World(tmp_path, live=True)
    world.hear(said("1", followers=800_000))
    world.clock.advance(timedelta(minutes=59))
    world.drain()
    assert world.story().episode
    world.clock.advance(timedelta(minutes=2))
    world.drain()
    assert world.story().episodes[0].resolved_at == START + timedelta(minutes=60)


def test_what_cannot_be_read_is_parked_with_its_reason_and_the_rest_goes_on(world: World) -> None:
    world.bus.publish(
        MENTIONS.name,
        [
            Message("Acme", b'{"type":"said","mention":{}}'),
            Message("Acme", MENTIONS.encode(said("1"))),
        ],
    )
    world.drain()
    assert world.story().mentions == 1
    with world.store.read() as connection:
        (letter,) = dead.page(connection)
    assert "mention" in letter.reason
    assert letter.raw == b'{"type":"said","mention":{}}'


def test_what_the_store_refuses_is_found_and_parked_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The refusal is bent in: SQLite takes any text that passed the border."""
    add = mentions.add

    def refuse(connection: object, rows: list[mentions.Row]) -> None:
        if any('"x:13"' in row.mention for row in rows):
            raise ValueError("this row is refused")
        add(connection, rows)  # type: ignore[arg-type]

    monkeypatch.setattr(mentions, "add", refuse)
    world.hear(*(said(str(i), i) for i in range(40)))
    with world.store.read() as connection:
        (letter,) = dead.page(connection)
    assert "this row is refused" in letter.reason
    assert (world.story().mentions, mentions_in(world)) == (39, 39)


def test_what_fails_only_beside_what_is_remembered_is_stored(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mention is parked only where it fails on what the store says too."""
    add, failed = mentions.add, list[str]()

    def refuse_once(connection: object, rows: list[mentions.Row]) -> None:
        if not failed:
            failed.append(rows[0].mention)
            raise KeyError("what was remembered of its story is not so any more")
        add(connection, rows)  # type: ignore[arg-type]

    world.hear(said("1"))
    monkeypatch.setattr(mentions, "add", refuse_once)
    assert world.hear(said("2", 1)).story().mentions == 2
    assert failed
    with world.store.read() as connection:
        assert dead.page(connection) == []


def test_snapshots_go_out_again_for_what_was_heard_before(world: World) -> None:
    """A crash between saving and publishing loses nothing: the batch comes again, and all of it is known."""
    world.hear(said("1"))
    before = world.bus.lag(STORIES.name, "anyone")
    world.hear(said("1"))
    assert world.bus.lag(STORIES.name, "anyone") == before + 1


def mentions_in(world: World) -> int:
    with world.store.read() as connection:
        return mentions.count(connection)
