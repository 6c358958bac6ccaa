"""Every visible word is there in Italian: none forgotten, none left over, none that lost what it stands for."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po
from jinja2 import nodes
from jinja2.ext import babel_extract

import console
from console import languages
from console.languages import preferred
from console.render import TEMPLATES
from console.tongue import Tongue

ROOT = Path(console.__file__).parent
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2), "N_": None}
SAME = {"Password", "post", "brand", "Brand", "app", "chat", "spam"}
"""Words that are written alike in both."""
NAMES = {"Earshot", "English", "Italiano"}
SAID_BY = {"gettext", "ngettext", "pgettext", "npgettext", "_", "N_"}


def written() -> Catalog:
    with (ROOT / "locale/it.po").open("rb") as file:
        return read_po(file, locale="it", abort_invalid=True)


def used() -> Catalog:
    with (ROOT / "locale/babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    catalog = Catalog()
    for _, _, message, _, context in extract_from_dir(ROOT, methods, options, keywords=KEYWORDS):
        catalog.add(message, context=context)
    return catalog


def forms(message: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (message,) if isinstance(message, str) else tuple(message)


def stand_ins(form: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)s|%(?!\()", form))


def tags(form: str) -> list[str]:
    return sorted(re.findall(r"</?\w+>", form))


@pytest.fixture(scope="module")
def italian() -> list[Message]:
    return [message for message in written() if message.id]


def test_every_message_is_translated_and_none_is_left_over(italian: list[Message]) -> None:
    there = {(message.context, forms(message.id)) for message in italian}
    wanted = {(message.context, forms(message.id)) for message in used() if message.id}
    assert sorted(map(str, wanted - there)) == []
    assert sorted(map(str, there - wanted)) == []
    assert [str(message.id) for message in italian if not all(forms(message.string or ""))] == []


def test_nothing_is_fuzzy_or_obsolete(italian: list[Message]) -> None:
    assert [message.id for message in italian if message.fuzzy] == []
    assert not written().obsolete


def test_translations_keep_what_is_filled_in_and_what_is_marked_up(italian: list[Message]) -> None:
    for message in italian:
        english = forms(message.id)[-1]
        for n, form in enumerate(forms(message.string)):
            singular = n == 0 and len(forms(message.id)) > 1  # may say "una" where the plural has a number
            assert stand_ins(form) == stand_ins(english) or (
                singular and stand_ins(form) < stand_ins(english)
            )
            assert tags(form) == tags(english), form


def test_translations_are_not_the_english_words(italian: list[Message]) -> None:
    same = {message.id for message in italian if message.id == message.string}
    assert same <= SAME


def test_italian_is_set_as_it_is_printed_and_says_no_word_that_we_do_not(italian: list[Message]) -> None:
    told = " ".join(form for message in italian for form in forms(message.string)).lower()
    assert "'" not in told
    assert re.findall(r"scadut\w+|caso chiuso|caricamento|successo", told) == []


class Visible(HTMLParser):
    """What a reader would see or hear of a page that is not in a translation."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self._code = 0
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._code += tag in {"code", "style", "script"}
        self.said += [
            value for name, value in attrs if value and name in {"aria-label", "title", "alt", "placeholder"}
        ]

    def handle_endtag(self, tag: str) -> None:
        self._code -= tag in {"code", "style", "script"}

    def handle_data(self, data: str) -> None:
        if not self._code:
            self.said.append(data)


def untranslated(template: nodes.Template) -> Iterator[str]:
    """Text between the tags, and texts that expressions write out, outside of `trans` and `_()`."""
    parts = [
        node.data if isinstance(node, nodes.TemplateData) else "\N{REPLACEMENT CHARACTER}"
        for output in template.find_all(nodes.Output)
        for node in output.nodes
    ]
    said = (
        re.sub(r'[\w-]+="[^"]*"?', "", each) for each in Visible("".join(parts)).said
    )  # a macro may be half a tag
    yield from (word for each in said for word in re.findall(r"[^\W\d_]{2,}", each))
    for output in template.find_all(nodes.Output):
        yield from (text for node in output.nodes for text in _texts(node) if re.search(r"[A-Z]|\w \w", text))


def _texts(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in SAID_BY:
        return
    if isinstance(node, nodes.Const) and isinstance(node.value, str) and "<" not in node.value:
        yield node.value
    for child in node.iter_child_nodes():
        yield from _texts(child)


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.name)
def test_no_template_says_anything_untranslated(path: Path) -> None:
    from console.render import Renderer

    environment = Renderer([Tongue("it")])._templates["it"]
    found = set(untranslated(environment.parse(path.read_text())))
    assert found - NAMES == set()


def python_texts(tree: ast.AST, *, said: bool = False) -> Iterator[str]:
    """String constants that are neither docstrings, keys, nor given to a translation."""
    for child in tree.values if isinstance(tree, ast.Dict) else ast.iter_child_nodes(tree):
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            continue
        name: Any = getattr(child, "func", None)
        told = getattr(name, "attr", getattr(name, "id", "")) in SAID_BY
        if isinstance(child, ast.Constant) and isinstance(child.value, str) and not (said or told):
            yield child.value
        yield from python_texts(child, said=said or told)


@pytest.mark.parametrize(
    "path", [*sorted(ROOT.glob("*words*.py")), ROOT / "views.py"], ids=lambda path: path.name
)
def test_no_module_of_words_says_anything_untranslated(path: Path) -> None:
    tree = ast.parse(path.read_text())
    names = {
        text.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id == "_SOURCES"
        for text in ast.walk(node)
        if isinstance(text, ast.Constant)
    }
    told = {text for text in python_texts(tree) if re.search(r"[A-Za-z]{2,} [A-Za-z]|^[A-Z][a-z]", text)}
    assert told - names == set()


def test_a_forgotten_word_would_be_seen() -> None:
    environment = __import__("console.render").render._environment(Tongue("en"), "1")
    page = '<p title="Forgotten">{% trans %}kept{% endtrans %} lost {{ "Also lost" if x else _("kept") }}</p>'
    assert set(untranslated(environment.parse(page))) == {"Forgotten", "lost", "Also lost"}
    assert babel_extract  # the extension that finds them is there


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("it", "it"),
        ("it-CH, en;q=0.8", "it"),
        ("de-DE, it;q=0.7, en;q=0.6", "it"),
        ("en;q=0.5, it;q=0.9", "it"),
        ("fr, de", "en"),
        ("it;q=0, en;q=0.1", "en"),
        ("it;q=;=x, ;;, *", "en"),
        ("IT", "it"),
        ("x" * 100_000 + ", it", "en"),
    ],
)
def test_the_browser_is_asked_for_its_language(header: str, language: str) -> None:
    assert preferred(header) == language


def test_only_languages_that_we_speak_are_known() -> None:
    assert (languages.known("it"), languages.known("de"), languages.known(None)) == ("it", None, None)
