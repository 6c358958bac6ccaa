"""The arithmetic of a risk, step by step, with the numbers of its story."""

from datetime import timedelta
from math import exp, log, prod
from typing import NamedTuple

from earshot.config import RiskSettings
from earshot.explain.figures import Language, decimal, number
from earshot.explain.sums import TERMS, hundredths
from earshot.model import OutletClass, Story

_PRIOR_VOTERS = _PRIOR_MENTIONS = _PRIOR_AUTHORS = 3  # to _PICK_UP: as in processors/risk.py; a test compares
_CERTAIN, _GATE, _ALL = 0.9, 0.4, 1_000_000
_GRAVE, _SHARE = 0.8, 0.2
_PICK_UP: dict[OutletClass, float] = {
    "national": 0.8,
    "regional": 0.6,
    "local": 0.6,
    "news": 0.3,
    "blog": 0.1,
}
_WORKED: dict[Language, dict[str, str]] = {
    "en": {
        "neg": "Negativity: the mean of the votes ({voters}, and {prior} more at what is usual for the brand, {base}) is {mean};"
        " {weight} × ({mean} − {base}) ÷ ({certain} − {base}) = {points}, never below 0 nor above {weight}",
        "grave": "Negativity: mentions that tell of danger, the law, discrimination or self-harm: {grave} of {mentions};"
        " {grave} ÷ {mentions} ÷ {share} = {x}, at most 1. They alone make {weight} × {least} × {x} = {floor}, the votes"
        " alone {by_votes}; the larger counts: {points}",
        "gate": "Gate: what is not negative does not count for its reach; negativity {x} ÷ {gate}, at most 1, is {open}",
        "echo": "Echo: nobody has spoken of it for a while, so what it has reached counts {echo} times, half after every"
        " {half_life} of silence; {open} × {echo} = {heard}",
        "reach": "Reach: {weight} × {open} × ln(1 + {people}) ÷ ln(1 + {all}) = {points}, never above {weight}",
        "spread": "Spread: {weight} × {open} × {x} = {points}; {x} is the lower of two: the chance that it"
        " comes to {large} mentions (1 where it has), and how far it is awake",
        "audience": "Audience: {weight} × {open} × {confirmations} ÷ ({mentions} + {prior}) = {points}; as if {prior}"
        " more mentions confirmed nothing",
        "fitting": "Audience: {weight} × {open} × {x} = {points}; {x} is {confirmed} + (1 − {confirmed}) × {fitting}:"
        " {confirmed} is {confirmations} ÷ ({mentions} + {prior}) that confirm, {fitting} is {audience} ÷ ({authors} +"
        " {prior}) who are of the brand’s audience; as if {prior} more were neither",
        "media": "Press: {weight} × {open} × {x} = {points}; {x} is 1 less the product of what each outlet leaves"
        " (national 0.2, regional and local 0.4, others 0.7, blogs 0.9)",
        "surge": "Surge: {weight} × {open} × {x} = {points}; {x} is how far above the usual the brand's last hour was: 0"
        " at three deviations, 1 at ten",
        "credibility": "Credibility: {weight} × (1 − {copies} ÷ {mentions}) = {points}; whatever the negativity",
        "curve": "{bias} is where a story begins that nobody minds; the sum becomes a number between 0 and 100 on"
        " the logistic curve: 100 ÷ (1 + e^{minus}) = {risk}",
    },
    "it": {
        "neg": "Negatività: la media dei voti ({voters}, e altri {prior} al valore abituale del marchio, {base}) è"
        " {mean}; {weight} × ({mean} − {base}) ÷ ({certain} − {base}) = {points}, mai sotto 0 né sopra {weight}",
        "grave": "Negatività: menzioni che parlano di pericolo, vie legali, discriminazione o autolesionismo: {grave} su"
        " {mentions}; {grave} ÷ {mentions} ÷ {share} = {x}, al massimo 1. Da sole valgono {weight} × {least} × {x} ="
        " {floor}, i soli voti {by_votes}; conta il maggiore: {points}",
        "gate": "Soglia: ciò che non è negativo non conta per la sua copertura; negatività {x} ÷ {gate}, al massimo"
        " 1, fa {open}",
        "echo": "Eco: da un po’ nessuno ne parla, perciò ciò che ha raggiunto conta {echo} volte, la metà dopo ogni"
        " {half_life} di silenzio; {open} × {echo} = {heard}",
        "reach": "Copertura: {weight} × {open} × ln(1 + {people}) ÷ ln(1 + {all}) = {points}, mai sopra {weight}",
        "spread": "Diffusione: {weight} × {open} × {x} = {points}; {x} è il minore tra la probabilità che"
        " arrivi a {large} menzioni (1 se ci è già arrivata) e quanto è viva",
        "audience": "Pubblico: {weight} × {open} × {confirmations} ÷ ({mentions} + {prior}) = {points}; come se altre"
        " {prior} menzioni non confermassero nulla",
        "fitting": "Pubblico: {weight} × {open} × {x} = {points}; {x} è {confirmed} + (1 − {confirmed}) × {fitting}:"
        " {confirmed} sono le menzioni che confermano, {confirmations} ÷ ({mentions} + {prior}), {fitting} gli autori"
        " del pubblico del marchio, {audience} ÷ ({authors} + {prior}); come se ce ne fossero altri {prior} né gli uni"
        " né gli altri",
        "media": "Stampa: {weight} × {open} × {x} = {points}; {x} è 1 meno il prodotto di quanto lascia ogni testata"
        " (nazionale 0,2, regionale e locale 0,4, altre 0,7, blog 0,9)",
        "surge": "Impennata: {weight} × {open} × {x} = {points}; {x} dice quanto l’ultima ora del marchio superava il"
        " solito: 0 a tre deviazioni, 1 a dieci",
        "credibility": "Credibilità: {weight} × (1 − {copies} ÷ {mentions}) = {points}; qualunque sia la negatività",
        "curve": "{bias} è il punto di partenza di una vicenda che non disturba nessuno; la somma diventa un numero"
        " tra 0 e 100 sulla curva logistica: 100 ÷ (1 + e^{minus}) = {risk}",
    },
}


class Worked(NamedTuple):
    """The steps from a story's numbers to its terms."""

    mean: float
    by_votes: float
    """In [0, 1]: what the votes alone make of its negativity."""
    grave: float
    """In [0, 1]: how near a fifth of its mentions is grave."""
    negative: float
    """X of negativity, in [0, 1]."""
    open: float
    """How far the gate is open, in [0, 1]."""
    heard: float
    """That times the echo."""
    reached: float
    carried: float
    """X of the press, in [0, 1]."""
    confirmed: float
    fitting: float
    """The share of those who are of the brand's audience."""
    concerned: float
    """X of the audience, in [0, 1]."""
    neg: float
    reach: float
    spread: float
    media: float
    audience: float
    surge: float
    credibility: float
    risk: float


def work(story: Story, settings: RiskSettings) -> Worked:
    """The arithmetic of processors/risk.py, step by step, on the numbers that the story keeps."""
    mean = (story.votes / 10_000 + _PRIOR_VOTERS * story.base) / (story.voters + _PRIOR_VOTERS)
    grave = min(1.0, story.grave / (_SHARE * max(1, story.mentions)))
    by_votes = min(1.0, max(0.0, (mean - story.base) / (_CERTAIN - story.base)))
    negative = max(_GRAVE * grave, by_votes)
    opened = min(1.0, negative / _GATE)
    heard = opened * story.echo
    reached = min(1.0, log(1 + story.reach) / log(1 + _ALL))
    carried = 1 - prod(1 - _PICK_UP[kind] for kind in story.outlets.values())
    confirmed = story.confirmations / (story.mentions + _PRIOR_MENTIONS)
    fitting = story.audience / (story.authors + _PRIOR_AUTHORS)
    concerned = confirmed + (1 - confirmed) * fitting
    return Worked(
        mean,
        by_votes,
        grave,
        negative,
        opened,
        heard,
        reached,
        carried,
        confirmed,
        fitting,
        concerned,
        settings.neg * negative,
        settings.reach * heard * reached,
        settings.spread * opened * story.chance,
        settings.media * heard * carried,
        settings.audience * heard * concerned,
        settings.surge * heard * story.surge,
        settings.credibility * (1 - story.copies / max(1, story.mentions)),
        100 / (1 + exp(-story.terms.total)),
    )


def worked(story: Story, settings: RiskSettings, language: Language) -> tuple[str, ...]:
    """Each formula with the numbers of this story."""
    steps, terms = _as_shown(work(story, settings), story), story.terms
    by_votes = steps.neg if steps.by_votes == steps.negative else settings.neg * steps.by_votes
    by_grave = steps.neg if steps.by_votes < steps.negative else settings.neg * _GRAVE * steps.grave

    def say(name: str, **values: float) -> str:
        shown = {key: decimal(round(value * 100), language) for key, value in values.items()}
        counts = {
            "voters": story.voters,
            "prior": _PRIOR_VOTERS,
            "people": story.reach,
            "all": _ALL,
            "large": story.large,
            "confirmations": story.confirmations,
            "audience": story.audience,
            "authors": story.authors,
            "grave": story.grave,
            "copies": story.copies,
            "mentions": story.mentions,
        }
        whole = {key: number(value, language) for key, value in counts.items()}
        whole["half_life"] = _hours(settings, language)
        return _WORKED[language][name].format(**whole, **shown)

    return (
        say(
            "neg",
            mean=steps.mean,
            base=story.base,
            certain=_CERTAIN,
            weight=settings.neg,
            points=by_votes,
        ),
        *(
            (
                say(
                    "grave",
                    share=_SHARE,
                    x=steps.grave,
                    least=_GRAVE,
                    weight=settings.neg,
                    floor=by_grave,
                    by_votes=by_votes,
                    points=steps.neg,
                ),
            )
            if story.grave
            else ()
        ),
        say("gate", x=steps.negative, gate=_GATE, open=steps.open),
        *((say("echo", echo=story.echo, open=steps.open, heard=steps.heard),) if story.echo < 1 else ()),
        say("reach", weight=settings.reach, open=steps.heard, points=steps.reach),
        say("spread", weight=settings.spread, open=steps.open, x=story.chance, points=steps.spread),
        say("media", weight=settings.media, open=steps.heard, x=steps.carried, points=steps.media),
        say(
            "fitting" if story.audience else "audience",
            weight=settings.audience,
            open=steps.heard,
            x=steps.concerned,
            confirmed=steps.confirmed,
            fitting=steps.fitting,
            points=steps.audience,
        ),
        *(
            (say("surge", weight=settings.surge, open=steps.heard, x=story.surge, points=steps.surge),)
            if story.surge
            else ()
        ),
        say("credibility", weight=settings.credibility, points=steps.credibility),
        say("curve", bias=terms.bias, minus=-terms.total, risk=steps.risk),
    )


def _as_shown(steps: Worked, story: Story) -> Worked:
    """With the points as they stand beside the sum, where they are rounded to add up: they are not two numbers.

    What settings of another day have made of a story stays apart.
    """
    told = {term: shown / 100 for term, shown in zip(TERMS, hundredths(story), strict=True)}
    return steps._replace(
        **{term: each for term, each in told.items() if abs(each - getattr(steps, term)) < 0.01}
    )


def _hours(settings: RiskSettings, language: Language) -> str:
    hours = f"{settings.half_life / timedelta(hours=1):.3g} h"
    return hours.replace(".", ",") if language == "it" else hours
