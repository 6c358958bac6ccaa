"""What the self-exciting process itself says of a story that is smaller than any that tables were learnt from.

Those (`tables`) know only stories that grew large, and so call the growth of every small one certain. Here the
reposts still to come are a first passage (inverse Gaussian, the limit of a branching process's total progeny):
D direct ones, each of which brings nu more. The priors are priors: no set of small stories was there to fit them.
Of old stories it expects far too much once they grow (`outlook` bounds it): what is quick it takes to go on for ever.
"""

from math import erfc, exp, log, pi, sqrt

from processors.spread.state import WINDOW, State

SUCCESSES, EXPOSURE = 0.1, 2.0
"""What infectiousness is taken to be before anything was seen: twenty mentions bring one more."""

LEVELS = (0.5, 0.9, 0.1)
"""With which probabilities a size is asked for: a forecast, its low end and its high end."""

_ROOT, _ROOT_OF_CIRCLE = sqrt(2), sqrt(2 * pi)
_DOUBT = 1.0  # how far off infectiousness may be, squared: as of stories of 110 to 300 mentions
_MOST = 0.95  # nu from which a process would never end
_SHAPES = 128  # at which quantiles are worked out, once
_LEAST, _STEP = -24.0, 0.25  # ln of the first shape, and between two


def probability(state: State, size: float) -> float:
    """P(final >= size) as of `state.t`."""
    if size <= state.n:
        return 1.0
    direct, each = _expected(state)
    return _reaches(direct, each, size - state.n)


def sizes(state: State) -> tuple[float, ...]:
    """The sizes that are reached with the probabilities `LEVELS`, none below what there is.

    What is still to come, in means, depends on one number, its shape D(1 - nu): read from a table.
    """
    direct, each = _expected(state)
    if direct <= 0:
        return (state.n,) * len(LEVELS)
    mean, shape = direct / (1.0 - each), direct * (1.0 - each)
    return tuple(_after(state, mean, shape, row) for row in _QUANTILES)


def least(state: State) -> float:
    """A low end by direct reposts alone, with infectiousness that may be far off.

    So far at least went 83 % (Twitter) and 98 % (Weibo) of stories at 110 to 300 mentions, where sets lack few.
    """
    direct, _ = _expected(state)
    return _after(state, direct, 1.0 / (1.0 / direct + _DOUBT), _QUANTILES[1]) if direct > 0 else state.n


def _after(state: State, mean: float, shape: float, row: list[float]) -> float:
    """The size with so many `mean` more to come, at a row's probability."""
    place = (log(shape) - _LEAST) / _STEP
    at = min(max(int(place), 0), _SHAPES - 2)
    part = min(max(place - at, 0.0), 1.0)
    more = mean * exp(row[at] + part * (row[at + 1] - row[at]))
    return state.n + (more + 0.5 if more >= 0.5 else 0.0)


def _expected(state: State) -> tuple[float, float]:
    """D and nu. The first event is nobody's repost: it counts as exposure alone."""
    reposts = max(state.recent - exp(-(state.t - state.first) / WINDOW), 0.0)
    mean_mark = state.mean_mark
    p = (reposts + SUCCESSES) / (state.exposure + EXPOSURE * mean_mark)
    return p * state.remaining, min(p * mean_mark, _MOST)


def _reaches(direct: float, each: float, more: float) -> float:
    """P(total progeny >= more), half an event to the left, for the steps between whole numbers."""
    if direct <= 0:
        return 0.0
    mean, shape = direct / (1.0 - each), direct * (1.0 - each)
    return _beyond((more - 0.5) / mean, shape)


def _beyond(means: float, shape: float) -> float:
    """P(an inverse Gaussian of mean 1 and this shape lies beyond `means`)."""
    scale = sqrt(shape / means)
    below = 0.5 * erfc(-(scale * (means - 1)) / _ROOT) + _tail(2 * shape, scale * (means + 1))
    return 0.0 if below > 1.0 else 1.0 - below


def _tail(weight: float, z: float) -> float:
    """e^weight times what lies beyond z: as one exponent, where the first would overflow and the other vanish."""
    if z > 6:
        return exp(weight - z * z / 2) / (z * _ROOT_OF_CIRCLE)
    return exp(weight) * (0.5 * erfc(z / _ROOT))


def _quantile(shape: float, p: float) -> float:
    """The logarithm of what an inverse Gaussian of mean 1 exceeds with probability `p`."""
    low, high = -60.0, 10.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if _beyond(exp(middle), shape) >= p else (low, middle)
    return low


_QUANTILES = [[_quantile(exp(_LEAST + _STEP * n), p) for n in range(_SHAPES)] for p in LEVELS]
