"""What the bench says of small stories is what the product says, as it hears them."""

import sys
from datetime import timedelta
from math import isnan
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[3]
sys.path += [str(ROOT / "training"), str(ROOT / "bench")]

from quality_spread import _while_small  # noqa: E402
from spread_cascades import trace  # noqa: E402
from spread_printed import _small_table  # noqa: E402

from processors.outlook import Outlook  # noqa: E402

PRODUCT = Outlook(timedelta(hours=12))


def test_small_stories_are_measured_at_a_mention_and_those_that_ended_there_are_not() -> None:
    over, quick = np.arange(12) * 60.0, np.arange(400) * 20.0
    found = _while_small(PRODUCT, trace([over, quick, quick[:150]]), 12)
    assert found["stories"] == 2
    assert found["happened"] == 0.5  # of two that went on one came to 300
    assert found["covered"] == 1
    assert 0 < found["said"] < 0.5
    assert found["forecast / final"] == pytest.approx(0.7, abs=0.3)


def test_where_none_went_on_nothing_is_said() -> None:
    found = _while_small(PRODUCT, trace([np.arange(12) * 60.0]), 54)
    assert all(isnan(figure) for figure in found.values())
    assert "| covered | - |" in _small_table({54: found})
