"""A receiver that is the log: one structured line a notice, without any text of a mention."""

from typing import TYPE_CHECKING, Literal

from earshot import logs
from earshot.seams import Notice, ReceiverSettings

if TYPE_CHECKING:
    from earshot.runtime import Context

_LOG = logs.get("alerts.channels.log")


class Log(ReceiverSettings):
    """Writes each notice to the log."""

    kind: Literal["log"] = "log"

    def build(self, context: "Context") -> "LogChannel":  # noqa: ARG002 - the seam's form
        return LogChannel()


class LogChannel:
    def send(self, notice: Notice) -> None:
        """At `warning`, so that a quiet log still shows it."""
        _LOG.warning(
            "notice",
            identity=notice.identity,
            receiver=notice.receiver,
            brand=notice.brand,
            story=notice.story,
            episode=notice.episode,
            level=notice.level.name,
            reason=notice.reason,
            also=", ".join(notice.also),
            decided_at=notice.decided_at.isoformat(),
            link=notice.link,
            possible_repeat=notice.possible_repeat,
        )

    def close(self) -> None: ...
