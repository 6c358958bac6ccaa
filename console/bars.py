"""Bars as SVG made here: a whole split in its parts, or one share of it. No inline style, colours by class."""

from collections.abc import Sequence

from markupsafe import Markup


def bar(parts: Sequence[tuple[str, float]], label: str) -> Markup:
    """One bar, split in proportion; parts that take away or add nothing have no place in it."""
    shown = [(name, value) for name, value in parts if value > 0.005]
    total = sum(value for _, value in shown)
    body, x = [], 0.0
    for name, value in shown:
        body.append(_slice(name, x, 100 * value / total))
        x += 100 * value / total
    return Markup(
        '<svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" role="img" aria-label="{}" focusable="false">'
        '<rect class="rest" width="100" height="4"/>{}</svg>'
    ).format(label, Markup("").join(body))


def share(of: str, part: float) -> Markup:
    """One share of a whole, 0 to 1; the number stands beside it."""
    return Markup(
        '<svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<rect class="rest" width="100" height="4"/>{}</svg>'
    ).format(_slice(of, 0, 100 * min(1.0, max(0.0, part))))


def _slice(name: str, x: float, width: float) -> Markup:
    return Markup('<rect class="t-{}" x="{:.2f}" width="{:.2f}" height="4"/>').format(name, x, width)
