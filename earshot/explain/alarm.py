"""Why a story is Critical although its risk is below what that level asks for."""

from earshot.config import RiskSettings
from earshot.explain.figures import Language
from earshot.explain.formulas import Worked, work
from earshot.model import Level, Story

_NEARLY_ALL, _SPREADS, _VERY_MANY, _OF_WEIGHT = (
    0.8,
    0.8,
    0.9,
    0.6,
)  # as in processors/risk.py; a test compares
_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "critical": "Critical although its risk is {risk:.0f}: {why}.",
        "rule": "{who}, and {where}",
        "votes": "nearly all who speak are against the brand",
        "grave": "one mention in five or more is grave (danger, the law, discrimination)",
        "press": "the press has taken it up",
        "spread": "it is spreading before very many people",
        "before": "it was worse before, and a level falls more slowly than the risk",
    },
    "it": {
        "critical": "Critico anche se il rischio è {risk:.0f}: {why}.",
        "rule": "{who}, e {where}",
        "votes": "quasi tutti quelli che ne parlano sono contro il marchio",
        "grave": "una menzione su cinque o più è grave (pericolo, vie legali, discriminazione)",
        "press": "la stampa l’ha ripresa",
        "spread": "si sta diffondendo davanti a moltissime persone",
        "before": "prima era peggio, e il livello scende più lentamente del rischio",
    },
}


def although(level: Level, story: Story, settings: RiskSettings, language: Language) -> str:
    """In one sentence, where `level` is told of the story; empty where its risk says it all."""
    if level < Level.critical or max(story.risk, round(story.risk)) >= settings.critical:
        return ""
    words = _WORDS[language]
    steps = work(story, settings)
    where = _where(steps, story)
    who = "votes" if steps.by_votes >= _NEARLY_ALL else "grave"
    is_rule = steps.negative >= _NEARLY_ALL and where
    why = words["rule"].format(who=words[who], where=words[where]) if is_rule else words["before"]
    return words["critical"].format(risk=story.risk, why=why)


def _where(steps: Worked, story: Story) -> str:
    """Who has it, that makes it critical; empty where nobody of them has."""
    if steps.carried * story.echo >= _OF_WEIGHT:
        return "press"
    spreads = story.chance >= _SPREADS and steps.reached * story.echo >= _VERY_MANY
    return "spread" if spreads else ""
