"""What a mention costs where it comes from Kafka: Earshot beside the usual ways to do it. CPU-µs a mention.

    python bench/scaled.py [--count 50000] [--mix distinct|storm|both] [--only ours,plain,...] [--json]

One broker and one PostgreSQL on this machine (`make servers`), and on them, one after the other, each contender:
a process of its own that reads all of the same topic as a new group. Counted from the first message in hand to
the last one committed; what passes before that is "start". "ours" does everything that Earshot does; "ours-vader"
does just what the peers do, and is what their ratio is to; "plain" writes nothing.
Peers get environments of their own in .servers/peers, kept for the next run. Read bench/README.md with it.
"""

import argparse
import json
import secrets
import sys
from typing import Any

import machine
from contenders import DOES, Log, publish, run

BASE = "ours-vader"


def measure(log: Log, mix: str, names: list[str]) -> dict[str, Any]:
    """The figures of each contender, or why there are none."""
    published = publish(log, mix)
    rows = []
    for name in names:
        try:
            rows.append(run(name, log))
        except machine.NotInstallable as error:
            rows.append({"contender": name, "missing": str(error)})
        print(f"{mix}: {name} done", file=sys.stderr, flush=True)
    base = next((row["cpu_us"] for row in rows if row["contender"] == BASE and "cpu_us" in row), None)
    for row in rows:
        row["ratio"] = round(row["cpu_us"] / base, 2) if base and "cpu_us" in row else None
        row["does"] = DOES[row["contender"]]
    return {"mix": mix, "count": log.size, "publish_us": round(published, 1), "contenders": rows}


def tell(found: dict[str, Any]) -> None:
    print(
        f"\n{found['mix']}, {found['count']:,} mentions of 8 brands; CPU-µs a mention"
        f" (publishing one by Earshot's bus: {found['publish_us']})"
    )
    print(f"{'':19} process  broker  PostgreSQL  mentions/s  start s  x {BASE}")
    for row in found["contenders"]:
        if "missing" in row:
            print(f"{row['contender']:19} cannot be installed here: {row['missing']}")
            continue
        cells = (_cell(row["cpu_us"], 8), _cell(row["broker_us"], 8), _cell(row["postgres_us"], 12))
        ends = f"{row['per_s']:>12,}{row['start_seconds']:>9}{_cell(row['ratio'], 14)}"
        print(f"{row['contender']:19}{''.join(cells)}{ends}  {row['does']}")
        if row["stages_us"]:
            stages = ", ".join(f"{stage} {us}" for stage, us in row["stages_us"].items())
            print(f"{'':19}   of it, by its own stages (wall clock): {stages}", flush=True)


def _cell(value: float | None, width: int) -> str:
    return f"{'-' if value is None else value:>{width}}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=50_000, help="mentions, at least 5,000 (50,000)")
    parser.add_argument("--mix", choices=("distinct", "storm", "both"), default="both")
    parser.add_argument("--only", default=",".join(DOES), help=f"of {', '.join(DOES)}")
    parser.add_argument("--json", action="store_true", help="print JSON")
    given = parser.parse_args()
    names = given.only.split(",")
    if unknown := [name for name in names if name not in DOES]:
        parser.error(f"unknown: {', '.join(unknown)}; known: {', '.join(DOES)}")
    if given.count < 5_000:
        parser.error("--count must be at least 5,000")
    from earshot import logs

    logs.configure("text", "warning")
    found = []
    with machine.servers() as servers:
        for mix in ("distinct", "storm") if given.mix == "both" else (given.mix,):
            log = Log(servers, f"bench-{secrets.token_hex(3)}-{mix}-", given.count)
            found.append(measure(log, mix, names))
            if not given.json:
                tell(found[-1])
    if given.json:
        print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
