"""A receiver that is the log: one structured line a notice, without any text of a mention."""

from typing import TYPE_CHECKING, Literal

from alerts import silence, surge_rules
from alerts.message import one_line
from alerts.words import WORDS
from earshot import logs
from earshot.explain import Language
from earshot.seams import Notice, ReceiverSettings

if TYPE_CHECKING:
    from earshot.runtime import Context

_LOG = logs.get("alerts.channels.log")
_OURS = (surge_rules.REASON, silence.REASON)
"""Reasons whose notices have only our own words, and names of the configuration, in the subject."""
_LONGEST = 400


class Log(ReceiverSettings):
    """Writes each notice to the log."""

    kind: Literal["log"] = "log"

    def build(self, context: "Context") -> "LogChannel":  # noqa: ARG002 - the seam's form
        return LogChannel(self.language)


class LogChannel:
    def __init__(self, language: Language) -> None:
        self._language = language

    def send(self, notice: Notice) -> None:
        """At `warning`, so that a quiet log still shows it; the line begins with what it is about, in words.

        The notice's level is under `alert`: `level` is the line's own.
        """
        _LOG.warning(
            _in_short(notice, self._language),
            identity=notice.identity,
            receiver=notice.receiver,
            brand=notice.brand,
            story=notice.story,
            episode=notice.episode,
            alert=notice.level.name,
            reason=notice.reason,
            also=", ".join(notice.also),
            decided_at=notice.decided_at.isoformat(),
            link=notice.link,
            possible_repeat=notice.possible_repeat,
        )

    def close(self) -> None: ...


def _in_short(notice: Notice, language: Language) -> str:
    """Its subject, with the reasons in the place of the story's headline, which is somebody's words."""
    if notice.reason in _OURS:
        return one_line(notice.subject.removeprefix("[Earshot] "), _LONGEST)
    level = WORDS[language].levels[notice.level]
    reasons = "; ".join(_sentence(reason, language) for reason in (notice.reason, *notice.also))
    return one_line(f"{level}: {notice.brand}, {reasons}", _LONGEST)


def _sentence(reason: str, language: Language) -> str:
    known = {str(key): sentence for key, sentence in WORDS[language].reasons.items()}
    return known.get(reason, reason.replace("_", " "))
