"""What a bench has found, as JSON: null where there is no number, as JSON knows neither nan nor infinity."""

import json
import math
from typing import Any


def as_json(found: Any) -> str:
    return json.dumps(_plain(found), indent=1, allow_nan=False)


def _plain(found: Any) -> Any:
    if isinstance(found, dict):
        return {name: _plain(each) for name, each in found.items()}
    if isinstance(found, (list, tuple)):
        return [_plain(each) for each in found]
    return None if isinstance(found, float) and not math.isfinite(found) else found
