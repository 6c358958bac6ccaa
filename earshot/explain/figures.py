"""Numbers as each language writes them."""

from typing import Literal

Language = Literal["en", "it"]


def number(value: int, language: Language) -> str:
    """A count with its thousands apart: 210,000 or 210.000."""
    return f"{value:,}".replace(",", ".") if language == "it" else f"{value:,}"


def counted(value: int, one: str, many: str, language: Language) -> str:
    return f"{number(value, language)} {one if value == 1 else many}"


def points(value: float, language: Language) -> str:
    """A term's points with their sign, as they are added: +1.88."""
    hundredths = round(value * 100)
    return f"{'' if hundredths < 0 else '+'}{decimal(hundredths, language)}"


def out_of_100(risk: float, language: Language) -> str:
    return f"{risk:.0f} {'su' if language == 'it' else 'out of'} 100"


def decimal(hundredths: int, language: Language) -> str:
    text = f"{'−' if hundredths < 0 else ''}{abs(hundredths) / 100:.2f}"
    return text.replace(".", ",") if language == "it" else text


def short(hundredths: int, language: Language) -> str:
    return decimal(hundredths, language) if hundredths % 100 else str(hundredths // 100)
