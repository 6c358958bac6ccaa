"""Processors come, go and hang: their share moves, and the one who comes back too late does no harm."""

import re
from collections import Counter
from pathlib import Path

import pytest
from faults_world import Process, World, eventually, fresh_log, uninterrupted, world

from earshot.bus.kafka.log import partition_of

# One at least in each of 6 partitions: no share is empty.
EIGHT = ("Acme", "Bolt", "Dorn", "Egon", "Fuchs", "Gino", "Karst", "Luna")
MANY = 57_000  # events; edits, repeats and withdrawals among them leave 50,000 mentions
FEW = 55_000  # enough to be met at work more than once
TRIES = 5

pytestmark = [pytest.mark.crash, pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(290)]


@pytest.mark.parametrize("writing", [False, True], ids=["while it thinks", "while it writes"])
def test_one_that_hung_comes_back_and_does_no_harm(
    tmp_path: Path, kafka_servers: tuple[str, ...], postgres_url: str, *, writing: bool
) -> None:
    log = fresh_log(tmp_path, FEW, EIGHT)
    whole = uninterrupted(log)
    bus = {"session": "2s", "longest_batch": "4s"}
    with world(tmp_path, log, kafka_servers, postgres_url, seconds=1, high_water=FEW + 1, **bus) as it:
        it.start(**{"in": "collectors"})
        eventually(lambda: it.heard() == FEW, "all of it waits")
        it.start(p1="processors", p2="processors", out="alerts")
        sign = (
            "waiting" if writing else "batch done again"
        )  # it was told by the database, or met newer versions
        for _ in range(TRIES):
            _hang(it, writing=writing)
            if sign in it.processes["p1"].said():
                break
        else:
            raise AssertionError(f"paused {TRIES} times, never at work")
        it.finish()
        it.check(whole)


def test_they_join_and_leave_while_fifty_thousand_flow(
    tmp_path: Path, kafka_servers: tuple[str, ...], postgres_url: str
) -> None:
    log = fresh_log(tmp_path, MANY, EIGHT)
    assert len(log.expected) >= 50_000
    whole = uninterrupted(log)
    with world(tmp_path, log, kafka_servers, postgres_url, seconds=75, partitions=12) as it:
        it.start()
        it.reached(0.1)
        it.start(p3="processors")
        p1, p2, p3 = (it.processes[name] for name in ("p1", "p2", "p3"))
        eventually(lambda: _shared_out(12, p1, p2, p3), "the third has its share")
        p2.stop()
        eventually(lambda: _shared_out(12, p1, p3), "two have the share of the one who left")
        p2.start()
        eventually(lambda: _shared_out(12, p1, p2, p3), "it has a share again")
        assert it.stored() < 0.9 * len(log.expected), "too fast: there was little left to flow"
        rebalances = p1.metric('earshot_rebalances_total{group="')
        assert rebalances >= 4, "began, a third came, one left, one came back"
        it.finish()
        it.check(whole)


def _hang(it: World, *, writing: bool) -> None:
    """Until the other has gone on with every brand that the paused one had begun."""
    hung, other = it.processes["p1"], it.processes["p2"]
    eventually(lambda: _shared_out(6, hung, other), "both have a share")
    share = _share(hung)
    eventually(lambda: _caught(it, hung, share, writing=writing), "caught at the right moment")
    before, told = _begun(it, share), len(hung.said())
    assert before, "nothing of its share is under way: the other would have nothing to go on with"
    eventually(lambda: all(it.sequences()[name] > n for name, n in before.items()), "the other goes on")
    hung.go_on()
    eventually(lambda: re.search("batch given up|share|not committed", hung.said()[told:]), "it noticed")


def _caught(it: World, process: Process, share: set[int], *, writing: bool) -> bool:
    """Paused in the middle of a transaction, or in the middle of the work before one."""
    if writing:
        _until_it_writes(it, process)
    process.pause()
    if it.writes(process.name) is writing and (writing or it.committed(share)) and _begun(it, share):
        return True
    process.go_on()
    assert _left(it, share), f"all of its share {share} is stored: too fast to be caught"
    return False


def _until_it_writes(it: World, process: Process) -> None:
    """A transaction is short beside the work before it: it is looked for, not met by chance."""
    for _ in range(1_000):
        if it.writes(process.name) is not False:
            return


def _begun(it: World, share: set[int]) -> dict[str, int]:
    """How much is stored of each brand of a share of which some is, and some is not."""
    stored, left = it.sequences(), _left(it, share)
    return {name: stored[name] for name in left if stored.get(name, 0)}


def _left(it: World, share: set[int]) -> set[str]:
    """Brands of a share of which something is not stored yet."""
    stored, whole = it.sequences(), Counter(brand for _, brand in it.log.expected)
    return {name for name in EIGHT if partition_of(name, 6) in share and stored.get(name, 0) < whole[name]}


def _shared_out(partitions: int, *processes: Process) -> bool:
    """All of them among these, each with a part."""
    shares = [_share(process) for process in processes]
    return all(shares) and sorted(n for share in shares for n in share) == list(range(partitions))


def _share(process: Process) -> set[int]:
    """What it said last that it has."""
    told = re.findall(r"share .*partitions=\[([\d, ]*)\]", process.said())
    return {int(number) for number in told[-1].split(",") if number.strip()} if told else set()
