"""Which settings make two runs comparable."""

from earshot.backtest.fingerprint import fingerprint
from earshot.config import from_dict

ACME = {"name": "Acme", "any": ["acme"]}


def test_how_a_brand_answers_decides_nothing_and_its_terms_do() -> None:
    plain = fingerprint(from_dict({"brands": [ACME]}))
    assert plain == fingerprint(from_dict({"brands": [ACME | {"address": "tu"}], "server": {"port": 1}}))
    assert plain != fingerprint(from_dict({"brands": [ACME | {"none": ["acme street"]}]}))
