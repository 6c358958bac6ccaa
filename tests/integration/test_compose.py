"""docker-compose.yml: what it promises can be read from it, and its services work, each as a process."""

import json
import math
import re
import sqlite3
import tomllib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import yaml
from compose_world import (
    PATIENCE,
    ROOT,
    Process,
    World,
    compose,
    image_environment,
    ours,
    until,
    variables,
)
from prometheus_client import REGISTRY

from earshot.config import load

_SCALED = ("collectors", "processors", "alerts", "console")
_DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


_MORNING: list[dict[str, Any]] = [
    json.loads(line) for line in (ROOT / "examples" / "ronvia.jsonl").read_text(encoding="utf-8").splitlines()
]
_MENTIONS = {event["id"] for event in _MORNING}
"""Of the events, one measures one of them again and one withdraws one."""


def test_plain_up_starts_the_scaled_set() -> None:
    plain = {name for name, service in compose()["services"].items() if "profiles" not in service}
    assert plain == {*_SCALED, "kafka", "postgres", "secrets"}
    assert compose()["services"]["earshot"]["profiles"] == ["embedded"]
    assert compose()["services"]["processors"]["deploy"]["replicas"] >= 2


@pytest.mark.parametrize("name", ours())
def test_a_service_of_ours_has_no_more_rights_than_it_needs(name: str) -> None:
    service = ours()[name]
    assert service["read_only"] is True
    assert service["tmpfs"] == ["/tmp"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["init"] is True
    assert "mem_limit" in service
    written = [volume for volume in service["volumes"] if not volume.endswith(":ro")]
    assert written == (["data:/data"] if name == "earshot" else [])


@pytest.mark.parametrize("name", ours())
def test_a_service_of_ours_is_watched_started_again_and_given_time_to_stop(name: str) -> None:
    service = ours()[name]
    assert "/readyz" in " ".join(service["healthcheck"]["test"])
    assert service["restart"] == "unless-stopped"
    assert int(service["stop_grace_period"].removesuffix("s")) >= 30


@pytest.mark.parametrize("name", _SCALED)
def test_a_scaled_service_waits_for_its_servers(name: str) -> None:
    services = compose()["services"]
    waits = services[name]["depends_on"]
    assert waits["kafka"] == waits["postgres"] == {"condition": "service_healthy"}
    assert waits["secrets"] == {"condition": "service_completed_successfully"}
    assert all("test" in services[server]["healthcheck"] for server in ("kafka", "postgres"))


def test_servers_keep_their_data_in_named_volumes() -> None:
    volumes = compose()["volumes"]
    for name, place in {"kafka": "/var/lib/kafka/data", "postgres": "/var/lib/postgresql/data"}.items():
        service = compose()["services"][name]
        assert f"{name}:{place}" in service["volumes"]
        assert name in volumes
        assert service["healthcheck"]


def test_no_password_stands_in_the_file() -> None:
    for name, service in compose()["services"].items():
        for key, value in (service.get("environment") or {}).items():
            assert not re.search(r"PASSWORD|SECRET|TOKEN", key) or key.endswith("_FILE"), f"{name}: {key}"
            assert not re.search(r"://[^/@]*:[^/@]*@", str(value)), f"{name}: {key} holds a password"


def test_only_this_machine_reaches_the_ports() -> None:
    published = {n: port for n, s in compose()["services"].items() for port in s.get("ports", ())}
    assert published["console"] == "127.0.0.1:8600:8600"
    assert published["collectors"] == "127.0.0.1:8601:8600"
    assert all(port.startswith("127.0.0.1:") for port in published.values())


def test_the_example_of_the_environment_explains_each_variable_and_its_default() -> None:
    told = dict(
        re.findall(
            r"(?m)^# (\w+)=(\S[^#\n]*?)(?: +#.*)?$", (ROOT / ".env.example").read_text(encoding="utf-8")
        )
    )
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    for name in variables():
        assert f"${{{name}:-{told[name]}}}" in text, name
    passed_on = {n for s in ours().values() for n, value in s["environment"].items() if value is None}
    assert told.keys() == variables() | passed_on


def test_the_image_is_lean_and_runs_as_nobody_special() -> None:
    final = _DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.search(r"(?m)^USER [1-9]\d*:[1-9]\d*$", final)
    assert 'ENTRYPOINT ["earshot"]' in final
    assert not re.search(r"\b(pip|apt-get|gcc)\b", final)
    assert "--require-hashes" in _DOCKERFILE
    assert image_environment()["PYTHONDONTWRITEBYTECODE"] == "1"


def test_the_image_is_built_from_all_packages_and_nothing_that_is_secret() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert next(line for line in lines if line and not line.startswith("#")) == "*"
    allowed = {line.removeprefix("!").removesuffix("/") for line in lines if line.startswith("!")}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = {
        name.removesuffix("*") for name in project["tool"]["setuptools"]["packages"]["find"]["include"]
    }
    assert allowed == packages | {"requirements", "pyproject.toml", "setup.py", "README.md", "LICENSE"}


@pytest.mark.parametrize("name", ours())
def test_the_configuration_takes_the_environment(name: str, tmp_path: Path) -> None:
    (tmp_path / "postgres_password").write_text("secret")
    environment = image_environment() | {
        k: v for k, v in ours()[name]["environment"].items() if v is not None
    }
    if "EARSHOT_STORE__PASSWORD_FILE" in environment:
        environment["EARSHOT_STORE__PASSWORD_FILE"] = str(tmp_path / "postgres_password")
    config = load(ROOT / "deploy/earshot.toml", environment)
    assert config.server.host == "0.0.0.0"
    assert config.earshot.log_format == "json"
    assert bool(config.bus.servers) == config.store.is_postgres == (name in _SCALED)


@pytest.mark.parametrize("name", ["deploy/prometheus/earshot.rules.yml", "docs/guide/deploy.md"])
def test_what_is_to_be_watched_is_measured(name: str) -> None:
    measured = set(
        re.findall(r'"(earshot_\w+)"', (ROOT / "earshot" / "metrics.py").read_text(encoding="utf-8"))
    )
    named = set(re.findall(r"\bearshot_(?!test_)\w+", (ROOT / name).read_text(encoding="utf-8")))
    assert named
    assert named <= measured


def scraped() -> tuple[str, dict[str, Any]]:
    """The job's name, and whom it asks."""
    (job,) = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text("utf-8"))["scrape_configs"]
    (found,) = job["dns_sd_configs"]
    return job["job_name"], found


def rules() -> dict[str, str]:
    (group,) = yaml.safe_load((ROOT / "deploy/prometheus/earshot.rules.yml").read_text("utf-8"))["groups"]
    return {rule["alert"]: rule["expr"] for rule in group["rules"]}


def test_prometheus_asks_each_role_and_the_one_that_has_them_all() -> None:
    _, found = scraped()
    assert set(found["names"]) == set(ours())
    assert found["port"] == 8600


def test_rules_ask_for_what_prometheus_calls_it() -> None:
    job, found = scraped()
    written = " ".join(rules().values())
    assert set(re.findall(r'job="(\w+)"', written)) == {job}
    assert set(re.findall(r'role="(\w+)"', written)) == set(found["names"])
    others = set(re.findall(r"\b(process_\w+)\{", written))
    assert others
    assert all(REGISTRY.get_sample_value(name) for name in others)


def test_each_rule_is_explained() -> None:
    guide = (ROOT / "docs/guide/deploy.md").read_text(encoding="utf-8")
    explained = re.findall(r"(?m)^\| `(Earshot\w+)` \|", guide)
    assert sorted(explained) == sorted(rules())


def test_an_embedded_service_lacks_no_role() -> None:
    assert rules()["EarshotRoleIsMissing"].endswith('unless on () up{job="earshot", role="earshot"}')


def test_notices_that_were_given_up_call() -> None:
    assert 'earshot_notices_total{outcome="failed"}' in rules()["EarshotNoticesGivenUp"]


@pytest.fixture
def world(tmp_path: Path, kafka_servers: tuple[str, ...], postgres_url: str) -> World:
    return World(tmp_path, kafka_servers, postgres_url)


@pytest.fixture
def running(world: World) -> Iterator[dict[str, list[Process]]]:
    """Every Earshot service of `docker compose up`, as often as it is wanted, all at once."""
    replicas = {name: ours()[name].get("deploy", {}).get("replicas", 1) for name in _SCALED}
    started = {name: [world.start(name) for _ in range(count)] for name, count in replicas.items()}
    try:
        for process in (p for several in started.values() for p in several):
            process.until_healthy()
        yield started
    finally:
        for process in (p for several in started.values() for p in several):
            process.kill()


@pytest.mark.kafka
@pytest.mark.postgres
@pytest.mark.timeout(300)
def test_the_services_hear_store_and_show_each_mention_once(
    world: World, running: dict[str, list[Process]], postgres_url: str
) -> None:
    (collectors,), (console,) = running["collectors"], running["console"]
    for _ in range(2):  # a sender that did not hear the first answer
        assert world.post(collectors, _MORNING).status_code == 202
    until(lambda: _stored(postgres_url) == len(_MENTIONS), lambda: f"{_stored(postgres_url)} are stored")
    until(lambda: _waiting(collectors) == 0, lambda: f"{_waiting(collectors)} messages still wait")
    assert _shows_the_stories(console)
    for name in ("collectors", "processors", "alerts", "console"):
        for process in running[name]:
            process.until_healthy()
            assert process.stopped() == 0, process.log.read_text()
    assert _stored(postgres_url) == len(_MENTIONS)
    assert not world.data.exists(), "a scaled service wrote to /data, which is read-only"


def test_the_embedded_service_does_it_all_in_one(tmp_path: Path) -> None:
    world = World(tmp_path)
    service = world.start("earshot")
    try:
        service.until_healthy()
        for _ in range(2):
            assert world.post(service, _MORNING).status_code == 202
        until(lambda: _kept(world.data) == len(_MENTIONS), lambda: f"{_kept(world.data)} are stored")
        assert _shows_the_stories(service)
        assert service.stopped() == 0, service.log.read_text()
    finally:
        service.kill()
    assert _kept(world.data) == len(_MENTIONS)


def _kept(data: Path) -> int:
    with closing(sqlite3.connect(f"file:{data / 'earshot.db'}?mode=ro", uri=True)) as connection:
        counted: int = connection.execute("select count(*) from mentions").fetchone()[0]
    return counted


def _shows_the_stories(console: Process) -> bool:
    """At the address and under the name that compose publishes."""
    page = httpx.get(console.url, headers={"host": "127.0.0.1:8600"}, timeout=PATIENCE, follow_redirects=True)
    return page.status_code == 200 and "Ronvia card blocked" in page.text


def _stored(url: str) -> int:
    """How many mentions, each of them once."""
    both = "select (select count(*) from mentions), (select count(distinct hash) from heard)"
    with psycopg.connect(url) as connection:
        row = connection.execute(both).fetchone()
    assert row is not None
    stored, known = row
    assert stored == known
    return int(stored)


def _waiting(process: Process) -> float:
    """As its metrics tell, once they do."""
    text = httpx.get(f"{process.url}/metrics", timeout=PATIENCE).text
    found = re.findall(r"(?m)^earshot_lag\{.*\} (\S+)$", text)
    return sum(map(float, found)) if found else math.inf
