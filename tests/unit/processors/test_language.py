"""Languages that are not written in Latin letters: read where they are configured, and never taken for one another."""

from functools import cache

import pytest
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from earshot.config import from_dict
from earshot.config.forms import _LANGUAGES
from earshot.errors import ConfigError
from processors.language import _WRITTEN, LanguageGuesser

RUSSIAN = "Доставка опаздывает уже на три дня"
UKRAINIAN = "Доставка запізнюється вже на три дні"
BULGARIAN = "Доставката закъснява вече три дни"
GREEK = "Η παράδοση έχει καθυστερήσει τρεις μέρες"
HEBREW = "המשלוח מאחר כבר שלושה ימים ואף אחד לא עונה"
JAPANESE = "配送が遅れて最悪です。二度と使いません。"
NO_KANA = "返金対応最悪、担当者不在、電話不通続き"
BRANDED = "Acme Transportの配送サービスがひどいです"
CHINESE = "快递已经晚了三天，客服没有人回复"
KOREAN = "배송이 삼 일째 늦어지고 있는데 아무도 답이 없어요"
THAI = "พัสดุล่าช้ามาสามวันแล้ว ไม่มีใครตอบ"
ARABIC = "الطلب لم يصل منذ أسبوعين ولا أحد يرد على الهاتف"
PERSIAN = "سفارش من هنوز نرسیده و کسی پاسخ نمی‌دهد"
HINDI = "मेरा ऑर्डर अभी तक नहीं आया और कोई जवाब नहीं देता"
MARATHI = "माझी ऑर्डर अजून आली नाही आणि कोणी उत्तर देत नाही"
ENGLISH = "Great service thank you"

KNOWN = {code for code in LanguageIdentifier.from_model_file(MODEL_FILE).labels if len(code) == 2}


@cache
def guesser(languages: str) -> LanguageGuesser:
    return LanguageGuesser(languages.split())


@pytest.mark.parametrize(
    ("languages", "text", "declared", "language"),
    [
        ("ja ru el it", RUSSIAN, None, "ru"),
        ("ja ru el it", RUSSIAN, "ru", "ru"),
        ("ja ru el it", JAPANESE, None, "ja"),
        ("ja ru el it", JAPANESE, "ja-JP", "ja"),
        ("ja ru el it", GREEK, None, "el"),
        ("ja ru el it", "Acme: " + GREEK, "el", "el"),
        ("he th ko", HEBREW, None, "he"),
        ("he th ko", THAI, None, "th"),
        ("he th ko", KOREAN, None, "ko"),
        ("zh ja", CHINESE, None, "zh"),
        ("zh ja", BRANDED, None, "ja"),
        ("ar fa hi mr", ARABIC, None, "ar"),
        ("ar fa hi mr", PERSIAN, None, "fa"),
        ("ar fa hi mr", HINDI, None, "hi"),
        ("ar fa hi mr", MARATHI, None, "mr"),
    ],
)
def test_a_language_that_is_configured_is_read(
    languages: str, text: str, declared: str | None, language: str
) -> None:
    assert guesser(languages).guess(text, declared) == language


@pytest.mark.parametrize(
    ("languages", "text", "declared"),
    [
        ("ru it", UKRAINIAN, None),
        ("ru it", UKRAINIAN, "ru"),
        ("ru it", BULGARIAN, None),
        ("ru it", JAPANESE, "it"),
        ("ja it", CHINESE, None),
        ("ja it", KOREAN, "it"),
        ("el it", RUSSIAN, "it"),
        ("ja zh", ENGLISH, None),
        ("ru", BRANDED, None),
        ("ja ru el it", "😡" * 50, None),
    ],
)
def test_another_in_the_same_letters_or_in_others_is_not(
    languages: str, text: str, declared: str | None
) -> None:
    assert guesser(languages).guess(text, declared) == "unknown"


def test_the_source_decides_where_the_letters_fit_and_it_is_hard_to_tell() -> None:
    found = guesser("ja it")
    assert [found.guess(NO_KANA, declared) for declared in (None, "it", "ja")] == [
        "unknown",
        "unknown",
        "ja",
    ]


def test_serbian_is_written_in_both() -> None:
    found = guesser("sr ru")
    assert found.guess("Пошиљка касни већ три дана и нико не одговара на телефон") == "sr"
    assert found.guess("Pošiljka kasni već tri dana i niko ne odgovara na telefon") == "sr"


def test_whatever_can_be_configured_can_be_told() -> None:
    assert KNOWN == _LANGUAGES
    assert LanguageGuesser(sorted(KNOWN)).guess(RUSSIAN) == "ru"


def test_each_language_of_another_script_can_be_configured() -> None:
    assert {code for codes in _WRITTEN.values() for code in codes.split()} < KNOWN


@pytest.mark.parametrize("code", ["xx", "jp", "yi"])
def test_what_cannot_be_told_cannot_be_configured(code: str) -> None:
    assert code not in KNOWN
    with pytest.raises(ConfigError) as caught:
        from_dict({"scoring": {"languages": [code]}})
    (fault,) = caught.value.faults
    assert fault.startswith(f"scoring.languages[0]: {code!r} is no language that can be told from others;")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("che schifo", "it"),
        ("no, anche a me", "it"),
        ("Vergogna!!", "it"),
        ("bravissimi", "it"),
        ("grazie mille 🙏", "it"),
        ("me too", "en"),
        ("merci !", "fr"),
        ("ok", "unknown"),
        ("idem", "unknown"),
    ],
)
def test_what_is_said_in_two_words_is_in_the_language_whose_lists_know_it(text: str, language: str) -> None:
    assert LanguageGuesser(("de", "en", "es", "fr", "it", "pt")).guess(text) == language
