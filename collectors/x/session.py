"""What the tasks of one run of the source share."""

from typing import NamedTuple

from collectors.x.aim import Aim
from collectors.x.budget import Budget
from collectors.x.client import Api
from collectors.x.place import Place
from collectors.x.waiting import Sleep
from earshot.seams import Clock, Intake


class Session(NamedTuple):
    name: str
    """The source's."""
    api: Api
    aim: Aim
    place: Place
    budget: Budget
    intake: Intake
    clock: Clock
    sleep: Sleep
