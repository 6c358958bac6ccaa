"""One contender: scores what is in a topic, in a process and perhaps in an environment of its own.

    python bench/peers_stream.py CONTENDER SERVERS PREFIX COUNT

Started by bench/scaled.py. Reads COUNT messages from PREFIX + "mentions" as a new group, VADER's opinion of each
goes to PREFIX + CONTENDER. A line of JSON when the first message is in hand, another when all is committed.
Only the standard library is imported before a contender is chosen: each finds its own libraries beside it.
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

MOST = 4_000  # messages a batch, for all who can be told: what Earshot takes


class Job(NamedTuple):
    name: str
    servers: str
    prefix: str
    size: int

    @property
    def topic(self) -> str:
        return f"{self.prefix}mentions"

    @property
    def out(self) -> str:
        return f"{self.prefix}{self.name}"


class Tally:
    """Says when the first message came and when all are done with, each with the CPU time used by then."""

    def __init__(self, count: int) -> None:
        self.left, self._count, self._begun = count, count, False

    def begin(self) -> None:
        """The first is in hand, unless that has been said."""
        if not self._begun:
            self._begun = True
            self._say(0)

    def take(self, handled: int = 1) -> int:
        """How many are left, after these."""
        self.begin()
        self.left -= handled
        return self.left

    def end(self) -> None:
        self._say(self._count - self.left)

    @staticmethod
    def _say(handled: int) -> None:
        print(json.dumps({"handled": handled, "cpu": time.process_time()}), flush=True)


def opinion() -> Callable[[dict[str, Any]], dict[str, Any]]:
    """What every peer does with a message that was decoded."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyzer = SentimentIntensityAnalyzer()

    def judge(event: dict[str, Any]) -> dict[str, Any]:
        mention = event["mention"]
        found: dict[str, Any] = analyzer.polarity_scores(mention["text"])
        return {"id": mention["id"], "brand": mention["brand"]} | found

    return judge


def plain(job: Job, tally: Tally) -> None:
    """kafka-python and nothing else; writes nothing."""
    from kafka import KafkaConsumer

    judge = opinion()
    consumer = KafkaConsumer(
        job.topic,
        bootstrap_servers=job.servers.split(","),
        group_id=job.out,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    while tally.left:
        for records in consumer.poll(timeout_ms=1_000).values():
            for record in records:
                tally.take()
                judge(json.loads(record.value))
        consumer.commit()
    tally.end()


def scorer(job: Job, tally: Tally) -> None:
    """Earshot's bus, codec and scorer, for English alone: it looks at the language, and keeps what it has read."""
    from processors.score import Reader, Scorer

    known = Scorer(Reader(["en"]))
    _ours(job, tally, known.score)


def vader(job: Job, tally: Tally) -> None:
    """Earshot's bus, codec and VADER on every text: just what the peers do."""
    from processors.negativity.vader import Vader

    known = Vader()
    _ours(job, tally, lambda mentions: [known.opinion(mention.text) for mention in mentions])


def _ours(job: Job, tally: Tally, score: Callable[[list[Any]], Sequence[Any]]) -> None:
    import msgspec

    from earshot import logs
    from earshot.bus.kafka import KafkaBus
    from earshot.clock import SystemClock
    from earshot.config import BusSettings
    from earshot.seams import Message
    from earshot.topics import MENTIONS, Said

    logs.configure("text", "warning")
    bus = KafkaBus(BusSettings(servers=tuple(job.servers.split(",")), prefix=job.prefix), SystemClock())
    subscription = bus.subscribe(MENTIONS.name, job.name)
    encoder = msgspec.json.Encoder()
    while tally.left:
        if (batch := subscription.poll(1.0)) is None:
            continue
        tally.begin()
        events = [MENTIONS.decode(record.value) for record in batch.records]
        mentions = [event.mention for event in events if isinstance(event, Said)]
        results = [
            Message(m.brand, encoder.encode({"id": m.id, "brand": m.brand, "score": found}))
            for m, found in zip(mentions, score(mentions), strict=True)
        ]
        bus.publish(job.name, results)
        subscription.commit(batch)
        tally.take(len(mentions))
    tally.end()
    bus.close()


def quix(job: Job, tally: Tally) -> None:
    from quixstreams import Application

    judge = opinion()
    app = Application(
        job.servers, consumer_group=job.out, auto_offset_reset="earliest", loglevel="ERROR",
        auto_create_topics=False,
    )  # fmt: skip

    def counted(event: dict[str, Any]) -> dict[str, Any]:
        tally.take()
        return judge(event)

    app.dataframe(app.topic(job.topic)).apply(counted).to_topic(app.topic(job.out))
    app.run(count=job.size, collect=False)  # it flushes and commits before it returns
    tally.end()


def faststream(job: Job, tally: Tally) -> None:
    """A message at a time, acknowledged as it comes: the library's defaults, without its line of log for each."""
    from faststream.confluent import KafkaBroker

    broker = KafkaBroker(job.servers.split(","), logger=None, allow_auto_create_topics=False)
    judge, done = opinion(), asyncio.Event()

    @broker.subscriber(job.topic, group_id=job.out, auto_offset_reset="earliest")
    @broker.publisher(job.out)
    async def score(event: dict[str, Any]) -> dict[str, Any]:
        if not tally.take():
            done.set()
        return judge(event)

    asyncio.run(_until(broker, done, tally))


def faststream_batches(job: Job, tally: Tally) -> None:
    """Batches in and out, committed when they are done with: as near to ours as it comes."""
    from faststream import AckPolicy
    from faststream.confluent import KafkaBroker

    broker = KafkaBroker(job.servers.split(","), logger=None, allow_auto_create_topics=False)
    judge, done = opinion(), asyncio.Event()

    @broker.subscriber(
        job.topic, group_id=job.out, auto_offset_reset="earliest", batch=True, max_records=MOST,
        ack_policy=AckPolicy.ACK,
    )  # fmt: skip
    @broker.publisher(job.out, batch=True)
    async def score(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if not tally.take(len(events)):
            done.set()
        return [judge(event) for event in events]

    asyncio.run(_until(broker, done, tally))


async def _until(broker: Any, done: asyncio.Event, tally: Tally) -> None:
    async with broker:
        await broker.start()
        await done.wait()
    tally.end()


CONTENDERS: dict[str, Callable[[Job, Tally], None]] = {
    "ours-scorer": scorer,
    "ours-vader": vader,
    "plain": plain,
    "quix": quix,
    "faststream": faststream,
    "faststream-batches": faststream_batches,
}

if __name__ == "__main__":
    _, _name, _servers, _prefix, _count = sys.argv
    CONTENDERS[_name](Job(_name, _servers, _prefix, int(_count)), Tally(int(_count)))
