"""Three brokers, three copies of everything, and the one that leads most is lost while mentions flow, three times.

Not part of `make test`: three Java machines want more than most have. `pytest -m cluster -rP` runs it
and says how long nothing moved.
"""

import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from faults_world import World, eventually, fresh_log, uninterrupted, world
from servers.kafka_server import kafka
from servers.needed import or_fail

from earshot.bus.kafka.topics import TOPICS

BRANDS = ("Acme", "Bolt", "Celer", "Dorn")
BROKERS = 3
EVENTS = 20_000
LONGEST_STILL = 60.0  # s


@pytest.mark.cluster
@pytest.mark.timeout(600)
def test_a_cluster_that_loses_its_leader_loses_nothing(tmp_path: Path, postgres_url: str) -> None:
    log = fresh_log(tmp_path, EVENTS, BRANDS)
    whole = uninterrupted(log)
    with (
        or_fail(kafka(brokers=BROKERS)) as cluster,
        world(tmp_path, log, cluster.servers, postgres_url, seconds=120, replication=BROKERS) as it,
    ):
        it.start()
        still = []
        it.reached(0.1)
        for _ in range(BROKERS):
            eventually(lambda: _in_step(it), "all copies are complete")
            lost = _leader(it)
            cluster.kill(lost)
            still.append(_longest_still(it))
            cluster.start(lost)
        sys.stdout.write(f"without progress: {', '.join(f'{seconds:.1f} s' for seconds in still)}\n")
        it.finish()
        it.check(whole)
    assert max(still) < LONGEST_STILL


def _partitions(it: World) -> list[dict[str, Any]]:
    """Ours, and those in which the groups' places are kept: who leads one of these coordinates a group."""
    names = [*(it.bus._settings.prefix + topic for topic in TOPICS), "__consumer_offsets"]
    return [part for topic in it.bus._admin.describe_topics(names) for part in topic["partitions"]]


def _in_step(it: World) -> bool:
    return all(len(part["isr_nodes"]) == BROKERS for part in _partitions(it))


def _leader(it: World) -> int:
    """The place of the broker that leads most."""
    ((leader, _),) = Counter(part["leader_id"] for part in _partitions(it)).most_common(1)
    return int(leader) - 1


def _longest_still(it: World) -> float:
    """The longest time in which nothing was stored, while the next tenth of the log is."""
    longest, known, since = 0.0, it.stored(), time.monotonic()
    until = known + len(it.log.expected) // 10
    assert until < len(it.log.expected), "there is little left to flow: play the log slower"
    while known < until:
        it.check_all_run()
        if (now := it.stored()) != known:
            known, since = now, time.monotonic()
        longest = max(longest, time.monotonic() - since)
        assert longest < 3 * LONGEST_STILL, "nothing moves any more"
        time.sleep(0.02)
    return longest
