"""From a mention's due time to the receiver's accept while others pour in: what bench/latency.py does at a rate."""

import json
import queue
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import machine
import service
from load import BRANDS, calls, edges
from receiver import Receiver, receiving

from earshot.signing import new_secret

WARMING = 2.0  # s at the same rate, not counted: imports, first connections, caches
PATIENCE = 30.0  # s for what is still under way when the last has been sent
ROLES = ("processors", "alerts", "collectors")


class Setting(NamedTuple):
    """Earshot at work: one process that does all, or one for each role."""

    services: Mapping[str, service.Service]
    others: Mapping[str, int]
    """Further processes to look at."""

    def one(self, role: str) -> service.Service:
        return self.services.get(role) or self.services["earshot"]

    def lag(self) -> int:
        """Mentions that were published and are not processed yet."""
        heard = service.total(self.one("collectors").metrics(), "earshot_heard_total")
        return round(heard - service.total(self.one("processors").metrics(), "earshot_processed_total"))

    def used(self) -> dict[str, float]:
        pids = {name: found.pid for name, found in self.services.items()} | dict(self.others)
        return {name: machine.cpu(pid) for name, pid in pids.items()}


@contextmanager
def setting(found: machine.Servers | None, secret: str, receiver: Receiver) -> Iterator[Setting]:
    """Fresh: no topic, no row of an earlier run. Embedded where there are no servers."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        one_reason = service.table("rules", always=())  # a mention calls once: it is loud
        parts = [service.table("+collectors", kind="webhook", secret=secret), receiver.table(), one_reason]
        if found is None:
            config = service.configuration(folder, BRANDS, *parts)
            yield Setting({"earshot": stack.enter_context(service.running(config))}, {})
            return
        url = stack.enter_context(machine.another_database(found))
        bus = service.table("bus", servers=found.kafka, prefix=f"bench-{secrets.token_hex(3)}-")
        config = service.configuration(folder, BRANDS, bus, service.table("store", url=url), *parts)
        servers = {"broker": found.broker, "postgres": found.database}
        yield Setting(
            stack.enter_context(service.running_apart(config, ROLES)),
            {name: pid for name, pid in servers.items() if pid},
        )


def measure(found: machine.Servers | None, rate: int, seconds: float) -> dict[str, Any]:
    """The figures of one rate, from a fresh start."""
    secret = new_secret()
    with receiving() as receiver, setting(found, secret, receiver) as at_work:
        total = WARMING + seconds
        generator = _generator(at_work.one("collectors").url, secret, rate, total)
        start = json.loads(generator.stdout.readline() if generator.stdout else "")["start"]
        before, lags = at_work.used(), _watch(generator, at_work)
        told = json.loads(generator.stdout.read() if generator.stdout else "")
        used = {name: after - before[name] for name, after in at_work.used().items()}
        used["load"] = told.pop("cpu")
        loud = {number: start + number / rate for number in filter(calls, range(round(rate * total)))}
        arrived = _arrived(receiver, set(loud))
    counted = {n for n, due in loud.items() if due - start >= WARMING}
    taken = [arrived[n] - loud[n] for n in counted & arrived.keys()]
    return {
        "rate": rate,
        "measured": len(taken),
        "missing": len(counted - arrived.keys()),
        "latency_ms": edges(taken) if taken else None,
        "lag_max": max(lags),
        "lag_end": lags[-1],
        "generator": told,
        "cores": {name: round(s / told["seconds"], 2) for name, s in used.items()},
    }


def _generator(url: str, secret: str, rate: int, seconds: float) -> "subprocess.Popen[str]":
    command = [sys.executable, str(Path(__file__).with_name("load.py")), url, str(rate), str(seconds)]
    generator = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    if generator.stdin:
        generator.stdin.write(secret)
        generator.stdin.close()
    return generator


def _watch(generator: "subprocess.Popen[str]", at_work: Setting) -> list[int]:
    """The lag, once a second until the last was accepted, and then."""
    lags = []
    while True:
        try:
            generator.wait(1.0)
        except subprocess.TimeoutExpired:
            lags.append(at_work.lag())
            continue
        if generator.returncode:
            raise SystemExit("the load could not be sent")
        return [*lags, at_work.lag()]


def _arrived(receiver: Receiver, wanted: set[int]) -> dict[int, float]:
    """When the first notice about each came; those that do not come in time are missing."""
    arrived: dict[int, float] = {}
    deadline = time.monotonic() + PATIENCE
    while wanted - arrived.keys() and (left := deadline - time.monotonic()) > 0:
        try:
            at, number = receiver.arrived.get(timeout=left)
        except queue.Empty:
            break
        arrived.setdefault(number, at)
    return arrived


def verdict(row: Mapping[str, Any]) -> str:
    """Whether the rate was held: what waits at the end is less than a second's worth, and nothing is missing."""
    sent = row["generator"]
    if sent["late_ms"]["max"] > 1_000:
        return f"not held: the load fell behind by {sent['late_ms']['max']:,.0f} ms, lag grew to {row['lag_max']:,}"
    signs = {
        "POSTs were refused": sent["refused"],
        f"notices had not come {PATIENCE:.0f} s after the last": row["missing"],
    }
    if row["lag_end"] <= row["rate"] and not any(signs.values()):
        return "held"
    others = "".join(f"; {count:,} {sign}" for sign, count in signs.items() if count)
    return f"not held: lag grew to {row['lag_max']:,}{others}"


def tell(row: Mapping[str, Any]) -> None:
    latency = row["latency_ms"] or {"p50": "-", "p99": "-", "max": "-"}
    sent = row["generator"]
    print(
        f"{row['rate']:>6,}/s: p50 {latency['p50']} ms   p99 {latency['p99']} ms   longest {latency['max']} ms"
        f"   of {row['measured']} notices   {verdict(row)}"
    )
    print(
        f"{'':10}POST to 202: p50 {sent['post_ms']['p50']} ms, p99 {sent['post_ms']['p99']} ms; the load left late by"
        f" p99 {sent['late_ms']['p99']} ms, at most {sent['late_ms']['max']} ms; lag at most {row['lag_max']:,}"
    )
    print(f"{'':10}cores used: {', '.join(f'{name} {n}' for name, n in row['cores'].items())}", flush=True)
