"""From a mention's arrival to the notice about it, in ms: what a person waits for the first word.

    python bench/latency.py [--count 200] [--bus embedded|kafka] [--json]
    python bench/latency.py --rates 200,1000,3000 [--seconds 10] [--bus embedded|kafka] [--json]

Without rates: loud negative mentions one after the other, each of its own author (800,000 followers) and in words
of its own, so that each begins a story and calls. Measured from just before the signed POST leaves to the
notice's arrival at a local webhook.

With rates: an open loop. A process of its own (bench/load.py) posts mentions of eight brands in batches every
20 ms, whatever the answers; one in a hundred calls. Measured from the moment that such a mention was due, so the
wait for its batch counts, and so does every stall (no coordinated omission). The first two seconds do not count.

embedded: `earshot run`, all roles in one process. kafka: collectors, processors and alerts each in a process of
its own, a real Apache Kafka and a real PostgreSQL (`make servers`). Load, receiver and servers share this
machine's cores with what is measured.
"""

import argparse
import json
import os
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

import httpx
import machine
import rates
from load import mention, signed
from receiver import receiving

from earshot.signing import new_secret

PATIENCE = 30.0
WARMING = 5  # imports, the first connections and caches are paid at a start, not by every mention


def post(client: httpx.Client, secret: str, number: int) -> float:
    """When it was about to leave."""
    body = json.dumps(mention(number)).encode()
    headers = signed(secret, f"bench-{number}", body)
    started = monotonic()
    answer = client.post("/api/mentions", content=body, headers=headers)
    if answer.status_code != 202 or answer.json()["published"] != 1:
        raise SystemExit(f"not accepted: {answer.status_code} {answer.text}")
    return started


def one_by_one(found: machine.Servers | None, count: int) -> list[float]:
    """Milliseconds, mention by mention."""
    secret, taken = new_secret(), dict[int, float]()
    with (
        receiving() as receiver,
        rates.setting(found, secret, receiver) as at_work,
        httpx.Client(base_url=at_work.one("collectors").url) as client,
    ):
        for number in range(WARMING + count):
            started = post(client, secret, number)
            arrived, about = receiver.arrived.get(timeout=PATIENCE)
            taken[about] = (arrived - started) * 1_000
    if taken.keys() != set(range(WARMING + count)):
        raise SystemExit(f"{WARMING + count} mentions, {len(taken)} of them called: they must differ more")
    return list(taken.values())[WARMING:]


def summary(taken: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(taken, n=100, method="inclusive")
    figures = {"p50_ms": cuts[49], "p99_ms": cuts[98], "max_ms": max(taken)}
    return {"mentions": len(taken)} | {name: round(value, 1) for name, value in figures.items()}


@contextmanager
def servers_for(bus: str) -> Iterator[machine.Servers | None]:
    if bus == "embedded":
        yield None
        return
    with machine.servers() as found:
        yield found


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=200, help="mentions one by one, at least 2 (200)")
    parser.add_argument("--rates", default="", help="mentions a second, like 200,1000,3000")
    parser.add_argument("--seconds", type=float, default=10, help="of each rate that count (10)")
    parser.add_argument("--bus", choices=("embedded", "kafka"), default="embedded")
    parser.add_argument("--json", action="store_true", help="print JSON")
    given = parser.parse_args()
    if given.count < 2:
        parser.error("--count must be at least 2")
    return given


def at_rates(found: machine.Servers | None, given: argparse.Namespace) -> None:
    rows = []
    if not given.json:
        print(f"{given.bus}, {os.cpu_count()} cores carry everything: from due to accepted by the receiver")
    for rate in map(int, given.rates.split(",")):
        rows.append(rates.measure(found, rate, given.seconds))
        rows[-1]["verdict"] = rates.verdict(rows[-1])
        if not given.json:
            rates.tell(rows[-1])
    if given.json:
        print(json.dumps(rows, indent=2))


def main() -> None:
    given = read_options()
    with servers_for(given.bus) as servers:
        if given.rates:
            at_rates(servers, given)
            return
        found = summary(one_by_one(servers, given.count))
    if given.json:
        print(json.dumps(found))
    else:
        print(f"{found['mentions']} mentions, from POST to notice ({given.bus}):")
        print(f"  p50 {found['p50_ms']} ms   p99 {found['p99_ms']} ms   longest {found['max_ms']} ms")


if __name__ == "__main__":
    main()
