"""The same records through Earshot with everything on and through obsei, in one run, as ratios.

    python bench/peers.py [--count 5000] [--rounds 3] [--only earshot,obsei,...] [--json]

One CSV file; each contender reads it into an empty store on disk, in a process of its own. Every round runs all of
them, one after the other, each second round backwards; a ratio is the median of the rounds' own ratios. Starting
does not count: the clock runs from when all is imported and opened to when the last record is stored.
obsei gets environments of its own in .servers/peers, kept for the next run. Read bench/README.md with it.
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import machine
from pipeline import mentions

FILE = Path(__file__).with_name("peers_file.py")
BASE = "earshot"
DOES = {
    BASE: "everything: scored, linked, measured, stored, alerts decided and sent (to the log), published",
    "obsei": "as installed: personal data removed, stored",
    "obsei-parquet": "the same, and written as Parquet files, as `obsei init` has it",
    "obsei-pandas": "as obsei, with pandas installed beside it",
    "obsei-least": "with pandas, in batches of 500, no personal data removed: stored",
}
_OBSEI = ("obsei==1.1.1", "duckdb==1.5.6", "pydantic==2.14.4")
_PLAIN = ("obsei-1.1.1", *_OBSEI)
_PANDAS = ("obsei-1.1.1-pandas", *_OBSEI, "pandas==3.1.1")
_NEEDS = {"obsei": _PLAIN, "obsei-parquet": _PLAIN, "obsei-pandas": _PANDAS, "obsei-least": _PANDAS}


def write(path: Path, count: int) -> None:
    """Every text differs."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("id", "text", "created_at", "author", "followers", "brand"))
        for said in mentions(count, "distinct"):
            author = said["author"]
            rows.writerow(
                (
                    said["id"],
                    said["text"],
                    said["created_at"],
                    author["id"],
                    author["followers"],
                    said["brand"],
                )
            )


def pythons(names: Sequence[str]) -> tuple[dict[str, Path], dict[str, str]]:
    """Each contender's interpreter, or why it has none."""
    found, missing = dict[str, Path](), dict[str, str]()
    for name in names:
        try:
            found[name] = machine.python_with(*_NEEDS[name]) if name in _NEEDS else Path(sys.executable)
        except machine.NotInstallable as error:
            missing[name] = str(error)
    return found, missing


def run(name: str, python: Path, path: Path, count: int) -> dict[str, float]:
    """One contender's figures in one round."""
    with tempfile.TemporaryDirectory() as folder:
        command: list[str | Path] = [python, "-W", "ignore", FILE, name, path, folder]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{name} failed with status {done.returncode}:\n{done.stderr[-2_000:]}")
    found = json.loads(done.stdout.splitlines()[-1])
    if found["stored"] != count:
        raise SystemExit(f"{name} stored {found['stored']:,} of {count:,} records")
    return {
        "per_s": round(count / found["seconds"], 1),
        "cpu_us": round(found["cpu"] / count * 1e6, 1),
        "peak_mb": round(found["peak_mb"]),
    }


def measure(found: Mapping[str, Path], count: int, rounds: int) -> list[dict[str, dict[str, float]]]:
    """For each round each contender's figures."""
    measured = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "records.csv"
        write(path, count)
        for number in range(rounds):
            order = list(found)[:: -1 if number % 2 else 1]
            measured.append({name: run(name, found[name], path, count) for name in order})
            print(f"round {number + 1} of {rounds} done", file=sys.stderr, flush=True)
    return measured


def summary(name: str, measured: Sequence[Mapping[str, Mapping[str, float]]]) -> dict[str, Any]:
    """The medians. The ratios: Earshot's records/s to this one's, and this one's CPU to Earshot's."""
    rows = [each[name] for each in measured]
    row: dict[str, Any] = {key: median(each[key] for each in rows) for key in rows[0]}
    if BASE in measured[0]:
        speed = [each[BASE]["per_s"] / each[name]["per_s"] for each in measured]
        cpu = [each[name]["cpu_us"] / each[BASE]["cpu_us"] for each in measured]
        row["ratio"] = {"per_s": _ratio(speed), "cpu": _ratio(cpu)}
    return {"contender": name, "does": DOES[name]} | row | {"rounds": rows}


def _ratio(rounds: Sequence[float]) -> dict[str, float]:
    return {"median": round(median(rounds), 2), "least": round(min(rounds), 2), "most": round(max(rounds), 2)}


def tell(rows: Sequence[Mapping[str, Any]], count: int, rounds: int) -> None:
    print(f"{count:,} records, every text another; medians of {rounds} rounds (the ratios' least and most)")
    print(f"{'':14} records/s  CPU-µs a record  peak MB  Earshot, x as fast    it, x Earshot's CPU")
    for row in rows:
        if "missing" in row:
            print(f"{row['contender']:14} cannot be installed here: {row['missing']}")
            continue
        ratio = row.get("ratio", {})
        ends = f"{_cell(ratio.get('per_s')):>20}{_cell(ratio.get('cpu')):>23}"
        figures = f"{row['per_s']:>10,.0f}{row['cpu_us']:>17,.0f}{row['peak_mb']:>9,.0f}"
        print(f"{row['contender']:14}{figures}{ends}  {row['does']}")


def _cell(ratio: Mapping[str, float] | None) -> str:
    return f"{ratio['median']:.1f} ({ratio['least']:.1f} to {ratio['most']:.1f})" if ratio else "-"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=5_000, help="records (5,000)")
    parser.add_argument("--rounds", type=int, default=3, help="how often all of them run (3)")
    parser.add_argument("--only", default=",".join(DOES), help=f"of {', '.join(DOES)}")
    parser.add_argument("--json", action="store_true", help="print JSON")
    given = parser.parse_args()
    names = given.only.split(",")
    if unknown := [name for name in names if name not in DOES]:
        parser.error(f"unknown: {', '.join(unknown)}; known: {', '.join(DOES)}")
    if given.count < 1 or given.rounds < 1:
        parser.error("--count and --rounds must be at least 1")
    found, missing = pythons(names)
    measured = measure(found, given.count, given.rounds) if found else []
    rows = [
        {"contender": name, "missing": missing[name]} if name in missing else summary(name, measured)
        for name in names
    ]
    if given.json:
        print(json.dumps({"count": given.count, "rounds": given.rounds, "contenders": rows}, indent=2))
    else:
        tell(rows, given.count, given.rounds)


if __name__ == "__main__":
    main()
