"""When sources told nothing, as it is shown in charts and said beside them."""

from collections.abc import Iterable

from console.charts import Gap
from console.tongue import N_, Tongue
from earshot.clock import from_us
from earshot.store.outages import Outage

_KINDS = {
    "quiet": N_("%(source)s: silence, %(span)s"),
    "failing": N_("%(source)s: no answer, %(span)s"),
    "stopped": N_("%(source)s: nobody listened, %(span)s"),
}


def gaps(say: Tongue, outages: Iterable[Outage], now: int) -> list[Gap]:
    """`now` is where those end that still go on, µs."""
    return [Gap(each.began_at, each.ended_at or now, told(say, each)) for each in outages]


def told(say: Tongue, outage: Outage) -> str:
    return say.gettext(_KINDS[outage.kind], source=outage.source, span=_span(say, outage))


def _span(say: Tongue, outage: Outage) -> str:
    begin = say.short(from_us(outage.began_at))
    if outage.ended_at is None:
        return say.pgettext("silence", "since %(moment)s", moment=begin)
    return say.gettext("%(begin)s to %(end)s", begin=begin, end=say.short(from_us(outage.ended_at)))
