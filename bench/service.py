"""Earshot as processes of its own, for a bench: configured, started, waited for, asked for its metrics, ended."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

PATIENCE = 60.0  # s until what does not come up, or does not end, is a failure


class Service(NamedTuple):
    """One process of Earshot's."""

    url: str
    pid: int

    def metrics(self) -> list[Sample]:
        text = httpx.get(f"{self.url}/metrics", timeout=PATIENCE).text
        return [sample for family in text_string_to_metric_families(text) for sample in family.samples]


def total(samples: Sequence[Sample], name: str, **labels: str) -> float:
    """The sum of all of a name that have these labels."""
    return sum(s.value for s in samples if s.name == name and labels.items() <= s.labels.items())


def table(head: str, /, **values: object) -> str:
    """A table of TOML: `[head]`, or `[[head]]` where it begins with a plus sign."""
    first = f"[[{head[1:]}]]" if head.startswith("+") else f"[{head}]"
    return "\n".join([first, *(f"{key} = {_toml(value)}" for key, value in values.items())])


def _toml(value: object) -> str:
    if isinstance(value, int):
        return str(value)
    return str(list(value)) if isinstance(value, tuple) else f'"{value}"'


def configuration(folder: Path, brands: Sequence[str], *more: str) -> Path:
    """The file, with any free port, and warnings of its own kept to errors: a bench prints what it finds."""
    path = folder / "earshot.toml"
    parts = [
        table("earshot", data_dir=folder / "data", log_level="error"),
        table("server", port=0),
        *(table("+brands", name=brand) for brand in brands),
        *more,
    ]
    path.write_text("\n".join(parts), encoding="utf-8")
    path.chmod(0o600)
    return path


@contextmanager
def running(config: Path, *roles: str) -> Iterator[Service]:
    """`earshot run ROLES`, from when it is ready until it has ended."""
    command = [sys.executable, "-m", "earshot", "run", *roles, "--config", str(config)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        found = re.search(r"http://\S+", process.stdout.readline() if process.stdout else "")
        if not found:
            raise SystemExit(f"earshot run {' '.join(roles)} did not start")
        _until_ready(found[0])
        yield Service(found[0], process.pid)
    finally:
        process.terminate()
        try:
            process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()


@contextmanager
def running_apart(config: Path, roles: Sequence[str]) -> Iterator[Mapping[str, Service]]:
    """Each role as a process of its own; the first is started first and stopped last."""
    with ExitStack() as stack:
        yield {role: stack.enter_context(running(config, role)) for role in roles}


def _until_ready(url: str) -> None:
    deadline = time.monotonic() + PATIENCE
    with httpx.Client() as client:
        while time.monotonic() < deadline:
            try:
                if client.get(f"{url}/readyz").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.02)
    raise SystemExit("earshot run was never ready")
