"""How a source is doing, as it says itself."""

from datetime import UTC, datetime, timedelta

from prometheus_client import REGISTRY

from collectors.reports import Report
from earshot.clock import SetClock

NOW = datetime(2026, 11, 19, 8, tzinfo=UTC)


def test_a_fault_is_told_until_it_works_again_and_stays_counted() -> None:
    clock = SetClock(NOW)
    report = Report("press", "feeds", clock)
    report.failed("timeout", "news.example did not answer within 10 s")
    report.failed("timeout", "news.example did not answer within 10 s")
    assert (report.now.error, report.now.error_at) == ("news.example did not answer within 10 s", NOW)
    clock.advance(timedelta(minutes=5))
    report.succeeded()
    assert (report.now.error, report.now.errors) == ("", {"timeout": 2})
    assert report.now.last_success == NOW + timedelta(minutes=5)
    assert _metric("earshot_source_errors_total", collector="press", kind="timeout") == 2


def test_what_senders_do_wrong_is_counted_and_is_no_fault_of_the_source() -> None:
    report = Report("hook", "webhook", SetClock(NOW))
    report.refused("http_401", "the signature does not match")
    assert report.now.refusal == "the signature does not match"
    for number in range(3):
        report.refused("http_422", "no author", f"hook:msg_{number}:0")
    report.refused("http_401", "the signature does not match")
    told = report.now
    assert told.refused == {"http_401": 2, "http_422": 3}
    assert (told.refusal, told.refused_at) == ("hook:msg_2:0: no author", NOW), "a stranger hides nothing"
    assert (told.error, told.errors) == ("", {})
    assert _metric("earshot_source_refused_total", collector="hook", kind="http_422") == 3


def test_an_answer_without_news_is_no_news() -> None:
    clock = SetClock(NOW)
    report = Report("quiet", "feeds", clock)
    report.heard(0, of=0)
    assert report.now.last_heard is None
    report.heard(0, of=3)  # they concern no brand: the source works
    report.heard(4, of=2)
    assert (report.now.last_heard, report.now.heard) == (NOW, 4)


def test_a_restart_forgets_the_counts_and_keeps_the_times() -> None:
    clock = SetClock(NOW)
    before = Report("kept", "feeds", clock)
    before.heard(3, of=3)
    before.succeeded()
    clock.advance(timedelta(hours=1))
    after = Report("kept", "feeds", clock, before.now).now
    assert (after.last_success, after.last_heard, after.heard) == (NOW, NOW, 0)
    assert after.started_at == NOW + timedelta(hours=1)


def test_what_a_source_bills_is_a_metric_too() -> None:
    report = Report("paid", "x", SetClock(NOW))
    report.tell(reads_today=200, cost_today=1.0, limit_left=449, note="the budget is spent")
    assert (report.now.cost_today, report.now.note) == (1.0, "the budget is spent")
    assert _metric("earshot_source_cost_today_dollars", collector="paid") == 1.0
    assert _metric("earshot_source_limit_left", collector="paid") == 449


def _metric(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)
