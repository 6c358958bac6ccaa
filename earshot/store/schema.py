"""The tables. Hot ones are append-only in the order of a brand's mentions: no index with a random key.

A mention's number `n` is `brands.no << 40 | seq`, the brand's own count: unique, in log order, and a brand's
newest mentions are one range of keys. A story's id is the number of its first mention.
Times are microseconds since 1970 UTC; hashes are 64-bit (`earshot.hashing`).
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)

# SQLite makes only INTEGER PRIMARY KEY the row's own number; a BIGINT key would be a second, random tree.
Number = BigInteger().with_variant(Integer, "sqlite")

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


# Rows that change with every batch: their new version finds room on its page, and no index is touched.
_HOT: dict[str, Any] = {"postgresql_with": {"fillfactor": 70}}


def _number(name: str) -> Column[int]:
    return Column(name, Number, primary_key=True, autoincrement=False)


BRANDS = Table(
    "brands",
    METADATA,
    _number("no"),
    Column("name", Text, nullable=False, unique=True),
    Column("version", BigInteger, nullable=False),  # the fence: a writer that lost the brand fails on it
    Column("seq", BigInteger, nullable=False),
    Column("clock", BigInteger, nullable=False),
    Column("votes", BigInteger, nullable=False),
    Column("voters", BigInteger, nullable=False),
    Column("sizes", Text, nullable=False, server_default="[]"),  # stories by size (`processors.sizes`)
    Column(
        "counted", Text, nullable=False, server_default="[]"
    ),  # how far its series go (`processors.surging`)
    Column(
        "purged", BigInteger, nullable=False, server_default=text("0")
    ),  # times that retention took stories
    **_HOT,
)

HEARD = Table(  # the ledger: decides what is new; withdrawn ids stay in it as tombstones
    "heard",
    METADATA,
    _number("n"),
    Column("hash", BigInteger, nullable=False),
    Column("story", BigInteger, nullable=False),
    Column("heard_at", BigInteger, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("edited", Boolean, nullable=False),
    Column("revised_at", BigInteger, nullable=False),
    Column("content", BigInteger, nullable=False),
    Column("keys", LargeBinary, nullable=False),  # little-endian int64s by which others are linked to it
)

MENTIONS = Table(
    "mentions",
    METADATA,
    _number("n"),
    Column("story", BigInteger, nullable=False),
    Column("heard_at", BigInteger, nullable=False),
    Column("said_at", BigInteger, nullable=False),
    Column("author", BigInteger, nullable=False),
    Column("followers", BigInteger, nullable=False),
    Column("outlet", Text),
    Column("outlet_class", Text),
    Column("vote", Integer),
    Column("withdrawn", Boolean, nullable=False),
    Column("link", Text, nullable=False),  # why it belongs to its story
    Column("mention", Text, nullable=False),
    Column("score", Text, nullable=False),
    Column(
        "evidence", Text, nullable=False, server_default=text("''")
    ),  # the words that it shares with the story
    Column(
        "fits", SmallInteger, nullable=False, server_default=text("0")
    ),  # 1: its author is of the audience
    Index("ix_mentions_story", "story"),
)

STORIES = Table(
    "stories",
    METADATA,
    _number("id"),
    Column("brand", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("last_at", BigInteger, nullable=False),
    Column("open", Boolean, nullable=False),  # the clock alone may still change it
    Column("story", Text, nullable=False),
    Column(
        "part_of", BigInteger, nullable=False, server_default=text("0")
    ),  # the story that it was joined to
    Index(
        "ix_stories_open",
        "brand",
        sqlite_where=text("open"),
        postgresql_where=text("open"),
    ),
    Index(
        "ix_stories_part_of",
        "part_of",
        sqlite_where=text("part_of > 0"),
        postgresql_where=text("part_of > 0"),
    ),
    **_HOT,
)

STORY_AUTHORS = Table(  # a row for each person in each story, numbered by the first mention that brought them
    "story_authors",
    METADATA,
    _number("n"),
    Column("hash", BigInteger, nullable=False),  # of story and author
    Column("votes", BigInteger, nullable=False),
    Column("voted", Integer, nullable=False),
    Column("followers", BigInteger, nullable=False),
    Column(
        "fits", Integer, nullable=False, server_default=text("0")
    ),  # their mentions that show them to be of the audience
    **_HOT,
)

REGROUPED = (
    Table(  # what people joined and split, in order: what is kept apart by hand is not joined by itself
        "regrouped",
        METADATA,
        Column("id", Number, primary_key=True),
        Column("brand", BigInteger, nullable=False),  # its number
        Column("kind", Text, nullable=False),  # join, split
        Column("story", BigInteger, nullable=False),
        Column("other", BigInteger, nullable=False),
        Column("at", BigInteger, nullable=False),
        Index("ix_regrouped_brand", "brand"),
    )
)

CORRECTIONS = Table(  # how staff read mentions; the newest for each counts
    "corrections",
    METADATA,
    Column("id", Number, primary_key=True),
    Column("brand", BigInteger, nullable=False),  # its number
    Column("source", Text, nullable=False),
    Column("mention", BigInteger, nullable=False),  # 0: it is gone, or says something else now
    Column("at", BigInteger, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("polarity", Text, nullable=False),  # neg, neu, pos
    Column("negative", Float),  # these four: as it was shown to them
    Column("neutral", Float),
    Column("positive", Float),
    Column("model", Text, nullable=False),
    Column("read_negative", Float),  # these four: what the model alone makes of the words
    Column("read_neutral", Float),
    Column("read_positive", Float),
    Column("read_model", Text, nullable=False),  # empty: not asked yet
    Column("intents", Text),  # JSON: said, and read by the model; null where they were not corrected
    Column(
        "handling", Text
    ),  # JSON: signs, dangers, mood and address, likewise; null once it leads to nobody
    Index("ix_corrections_mention", "mention"),
)

POSITIONS = Table(  # how far a group's effects in this store go, by partition
    "positions",
    METADATA,
    Column("topic", Text, primary_key=True),
    Column("group", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("offset", BigInteger, nullable=False),
)

CURSORS = Table(  # how far a source has been heard
    "cursors",
    METADATA,
    Column("collector", Text, primary_key=True),
    Column("cursor", Text, nullable=False),
)

SOURCES = Table(  # how each source says that it is doing
    "sources",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("report", Text, nullable=False),
)

ACCESS = Table(  # what opens the console: the password's hash, the key that signs sessions
    "access",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

RECEIVERS = Table(  # since when each is there: what was decided before is not told to it
    "receivers",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("since", BigInteger, nullable=False),
)

ALERTS = Table(
    "alerts",
    METADATA,
    Column("id", Number, primary_key=True),
    Column("brand", Text, nullable=False),
    Column("story", BigInteger, nullable=False),
    Column("episode", Integer, nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("raised_at", BigInteger, nullable=False),
    Column("resolved_at", BigInteger),
    Column("risk", Float, nullable=False),
    UniqueConstraint("story", "episode", name="uq_alerts_story"),
    Index("ix_alerts_raised_at", "raised_at"),
)

NOTICES = Table(  # due -> sending -> sent | failed
    "notices",
    METADATA,
    Column("id", Number, primary_key=True),
    Column("identity", Text, nullable=False, unique=True),
    Column("alert", ForeignKey("alerts.id"), nullable=False),
    Column("receiver", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("decided_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("sent_at", BigInteger),
    Column("attempts", Integer, nullable=False),
    Column("possible_repeat", Boolean, nullable=False),
    Column("error", Text, nullable=False),
    Column("notice", Text, nullable=False),
    Index("ix_notices_alert", "alert"),
    Index(
        "ix_notices_waiting",
        "receiver",
        "due_at",
        sqlite_where=Column("state").in_(("due", "sending")),
        postgresql_where=Column("state").in_(("due", "sending")),
    ),
)

SERIES = Table(  # what is usual for a brand and topic: one row for each thing that is counted
    "series",
    METADATA,
    Column("brand", BigInteger, primary_key=True, autoincrement=False),  # its number
    Column("topic", Text, primary_key=True),  # empty: all that is said of the brand
    Column("pace", Text, primary_key=True),  # of the sources
    Column("kind", Text, primary_key=True),
    Column("bucket", BigInteger, nullable=False),  # the last one that was counted: nothing counts twice
    Column("state", Text, nullable=False),
    **_HOT,
)

SURGES = Table(  # numbered as stories are, in the upper half of a brand's numbers
    "surges",
    METADATA,
    _number("id"),
    Column("brand", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("over_at", BigInteger),
    Column("surge", Text, nullable=False),
    Column("fresh", Text, nullable=False),  # the words that are new in it: they never travel
    Index("ix_surges_opened_at", "opened_at"),
)

OUTAGES = Table(  # when a source told us nothing that could be believed
    "outages",
    METADATA,
    Column("id", Number, primary_key=True),
    Column("source", Text, nullable=False),
    Column("kind", Text, nullable=False),  # quiet, failing, stopped
    Column("began_at", BigInteger, nullable=False),
    Column("noticed_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("usual", Float),  # s between two mentions that are hardly ever exceeded, where that is known
    UniqueConstraint("source", "began_at", name="uq_outages_source"),
)

DEAD = Table(
    "dead_letters",
    METADATA,
    Column("id", Number, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("origin", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("retried_at", BigInteger),
    Index("ix_dead_letters_origin", "origin"),
)
