"""A process of each role killed at any moment, twenty times, and started again at once: the same end, no step by hand."""

import random
import sys
from pathlib import Path

import pytest
from faults_world import eventually, fresh_log, uninterrupted, world

BRANDS = ("Acme", "Bolt", "Celer", "Dorn")
ROUNDS = 20
EVENTS = 16_000
PLAYED = (
    40.0  # s, without what a killed collector plays again (up to 500): nearly all kills fall into live work
)
_PAUSE = (0.5, 1.5)  # s between two kills: a start takes a second and a half of a core


@pytest.mark.crash
@pytest.mark.kafka
@pytest.mark.postgres
@pytest.mark.timeout(290)
def test_twenty_rounds_of_kills_lose_nothing(
    tmp_path: Path, kafka_servers: tuple[str, ...], postgres_url: str
) -> None:
    log = fresh_log(tmp_path, EVENTS, BRANDS)
    whole = uninterrupted(log)
    rng, live = random.Random(2), 0
    with world(tmp_path, log, kafka_servers, postgres_url, seconds=PLAYED) as it:
        it.start()
        eventually(lambda: it.stored() > 0, "it began")
        for _ in range(ROUNDS):
            for name in rng.sample(("in", "out", rng.choice(("p1", "p2"))), 3):
                it.outlast(rng.uniform(*_PAUSE))
                live += it.heard() < EVENTS
                it.processes[name].restart()
        sys.stdout.write(f"{live} kills into live work, {it.heard()} events heard, {it.stored()} stored\n")
        assert live >= ROUNDS * 2, (
            f"only {live} of {ROUNDS * 3} kills fell into live work: play the log slower"
        )
        it.finish()
        it.check(whole)
