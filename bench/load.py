"""Sends mentions to a webhook collector at a fixed rate, come what may: an open loop.

    python bench/load.py URL RATE SECONDS < SECRET

In a process of its own, so that nobody who is measured can slow it down. Mention n is due n / RATE seconds after
the start; every 20 ms all that are due leave in one signed POST. Everything is written before the start. Prints a
line of JSON with the start (of the monotonic clock, which all processes of the machine share) when it begins,
another when all is accepted: how late POSTs left, how long they took, how many were refused and sent again.
"""

import json
import random
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, NamedTuple

import httpx
from vocabulary import rare, unheard

from earshot.signing import sign

TICK = 0.02  # s
EVERY = 100  # one mention in so many calls
BRANDS = "Acme Borealis Corvina Dalmora Eliport Fontana Galvia Hestia".split()
ANGRY = (
    "horrible terrible awful dreadful disgusting appalling pathetic disgraceful shameful hopeless useless rotten"
).split()
CALM = (  # nothing of it is negative, and one word in seven is in VADER's lexicon
    "the a my your this that parcel card flight counter app driver agent phone line hour day week is was has been "
    "will on for from to and our today tomorrow yesterday morning evening station airport branch letter desk bag "
    "seat gate delivery account answered called told with after before arrived thanks good nice helpful friendly"
).split()


def words(number: int, brand: str = "Acme") -> str:
    """Angry, about a brand, and unlike the others, so that each begins a story."""
    rng = random.Random(number)
    one, other = rng.sample(ANGRY, 2)
    things = [" ".join(unheard(rng) for _ in range(8)) for _ in range(3)]
    return f"case ({number}): the {things[0]} of {brand} is {one}, my {things[1]} was {other}, I have no {things[2]}"


def mention(number: int, brand: str = "Acme") -> dict[str, Any]:
    """A loud one: its author makes it call, and its one star says how it is meant."""
    author, now = {"id": f"u{number}", "followers": 800_000}, datetime.now(UTC).isoformat()
    said = {"id": f"x:{number}", "text": words(number, brand), "author": author, "created_at": now}
    return said | {"rating": {"value": 1, "best": 5}}


def calls(number: int) -> bool:
    return number % EVERY == EVERY // 2


def signed(secret: str, identity: str, body: bytes) -> dict[str, str]:
    at = int(time.time())
    return {
        "webhook-id": identity,
        "webhook-timestamp": str(at),
        "webhook-signature": sign(secret, identity, at, body),
    }


class Sent(NamedTuple):
    late: float
    """How long after its time the POST left, s."""
    took: float
    refused: int


class Load:
    def __init__(self, url: str, secret: str, rate: int, seconds: float) -> None:
        self._client = httpx.Client(base_url=url, timeout=60)
        self._secret, self._rate = secret, rate
        self._bodies = list(_bodies(rate, round(rate * seconds)))

    def run(self) -> dict[str, Any]:
        start, used = time.monotonic() + 0.5, time.process_time()
        print(json.dumps({"start": start}), flush=True)
        with ThreadPoolExecutor(8) as pool:
            sending = []
            for number, body in enumerate(self._bodies, 1):
                due = start + number * TICK
                time.sleep(max(0.0, due - time.monotonic()))
                sending.append(pool.submit(self._send, f"load-{number}", body, due))
            sent = [each.result() for each in sending]
        return {
            "late_ms": edges([each.late for each in sent]),
            "post_ms": edges([each.took for each in sent]),
            "refused": sum(each.refused for each in sent),
            "seconds": round(time.monotonic() - start, 2),
            "cpu": time.process_time() - used,
        }

    def _send(self, identity: str, body: bytes, due: float) -> Sent:
        began, refused = time.monotonic(), 0
        while True:
            answer = self._client.post(
                "/api/mentions", content=body, headers=signed(self._secret, identity, body)
            )
            if answer.status_code == 202:
                return Sent(began - due, time.monotonic() - began, refused)
            if answer.status_code not in (429, 503):
                raise SystemExit(f"not accepted: {answer.status_code} {answer.text}")
            refused += 1
            time.sleep(float(answer.headers.get("retry-after", "1")))


def _bodies(rate: int, count: int) -> Iterator[bytes]:
    """What leaves with each tick."""
    rng = random.Random(rate)
    number = tick = 0
    while number < count:
        tick += 1
        until = min(count, int(tick * TICK * rate + 1e-6))
        yield json.dumps([_one(rng, n) for n in range(number, until)]).encode()
        number = until


def _one(rng: random.Random, number: int) -> dict[str, Any]:
    brand = rng.choice(BRANDS)
    if calls(number):
        return mention(number, brand)
    author = {"id": f"u{number}", "followers": min(5_000, int(rng.paretovariate(1) * 100))}
    said = [*rng.choices(CALM, k=11), *(rare(rng) for _ in range(5))]
    text = f"{brand} {' '.join(said)} {number}"
    now = datetime.now(UTC).isoformat()
    return {"id": f"x:{number}", "text": text, "author": author, "created_at": now}


def edges(seconds: list[float]) -> dict[str, float]:
    """The middle, the 99th of a hundred and the longest, ms."""
    ordered = sorted(seconds)
    places = {"p50": len(ordered) // 2, "p99": len(ordered) * 99 // 100, "max": len(ordered) - 1}
    return {name: round(ordered[place] * 1_000, 1) for name, place in places.items()}


if __name__ == "__main__":
    _, _url, _rate, _seconds = sys.argv
    print(json.dumps(Load(_url, sys.stdin.read().strip(), int(_rate), float(_seconds)).run()))
