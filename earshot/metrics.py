"""What Prometheus is told. One place, so that names and units stay of one kind."""

from prometheus_client import Counter, Gauge, Histogram

from earshot.topics import MENTIONS, STORIES

HEARD = Counter("earshot_heard_total", "Events published to the mentions topic.", ["collector", "event"])
UNMATCHED = Counter("earshot_unmatched_total", "Events that concern no watched brand.", ["collector"])
PARKED = Counter("earshot_dead_letters_total", "What could not be read or stored.", ["origin"])
for _topic in (MENTIONS, STORIES):
    PARKED.labels(f"topic:{_topic.name}")  # from 0 on, as the sources in `collectors.intake`
REPLAY_RECORDS = Gauge("earshot_replay_records", "Records of the file that is being replayed.", ["state"])
SOURCE_ERRORS = Counter(
    "earshot_source_errors_total", "What a source did wrong, by kind.", ["collector", "kind"]
)
SOURCE_REFUSED = Counter(
    "earshot_source_refused_total", "What senders to a source did wrong, by kind.", ["collector", "kind"]
)
SOURCE_SUCCESS = Gauge(
    "earshot_source_last_success_timestamp_seconds",
    "When a source last answered as it should.",
    ["collector"],
)
SOURCE_HEARD = Gauge(
    "earshot_source_last_heard_timestamp_seconds", "When a source last brought something.", ["collector"]
)
SOURCE_LIMIT = Gauge("earshot_source_limit_left", "Requests that a source still allows.", ["collector"])
SOURCE_READS = Gauge("earshot_source_reads_today", "What a source bills, this UTC day.", ["collector"])
SOURCE_COST = Gauge("earshot_source_cost_today_dollars", "What a source costs, this UTC day.", ["collector"])

PROCESSED = Counter("earshot_processed_total", "Events processed, by what became of them.", ["outcome"])
STAGE_SECONDS = Counter("earshot_stage_seconds_total", "Time spent in each stage of the pipeline.", ["stage"])
BATCH_SIZE = Histogram(
    "earshot_batch_size", "Events in a batch.", buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500)
)
REDONE = Counter("earshot_batches_redone_total", "Batches done again, by reason.", ["reason"])
LAG = Gauge("earshot_lag", "Messages published and not yet done with.", ["topic", "group"])
REBALANCES = Counter("earshot_rebalances_total", "Shares of a topic taken over.", ["topic", "group"])
NEWEST = Gauge("earshot_newest_processed_timestamp_seconds", "Heard time of the newest processed mention.")

BUCKETS = Counter(
    "earshot_surge_buckets_total", "Five minutes of a brand, as they were counted or not.", ["outcome"]
)
SURGES = Counter("earshot_surges_total", "Surges, by what became of them.", ["event"])

DECIDED = Counter("earshot_alert_steps_total", "Reasons to notify, as decided.", ["level", "reason"])
SENT = Counter("earshot_notices_total", "Notices, by how it went.", ["receiver", "outcome"])
WAITING = Gauge("earshot_notices_waiting", "Notices due or being sent.", ["receiver"])
NOTICE_SECONDS = Histogram(
    "earshot_notice_seconds",
    "From the arrival of the mention that did it to the acceptance of the notice.",
    buckets=(0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600),
)

LOOP_LAG = Histogram(
    "earshot_loop_lag_seconds",
    "How late the event loop ran a timer.",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.015, 0.02, 0.03, 0.05, 0.1, 0.5, 1),
)
