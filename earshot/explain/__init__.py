"""Why a story has its risk and its level, in sentences and points that add up as they are shown."""

from earshot.explain.alarm import although
from earshot.explain.figures import Language, People, about, counted, number, out_of_100, people, points, rate
from earshot.explain.formulas import Worked, work, worked
from earshot.explain.sentences import ASSUMED_BELOW, Line, explain, outlet
from earshot.explain.sums import TERMS, arithmetic

__all__ = [
    "ASSUMED_BELOW",
    "TERMS",
    "Language",
    "Line",
    "People",
    "Worked",
    "about",
    "although",
    "arithmetic",
    "counted",
    "explain",
    "number",
    "out_of_100",
    "outlet",
    "people",
    "points",
    "rate",
    "work",
    "worked",
]
