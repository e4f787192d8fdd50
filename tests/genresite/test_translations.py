"""Every sentence that a person may read is there in Korean."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(settings.BASE_DIR)
CATALOGUE = ROOT / "locale" / "ko" / "LC_MESSAGES" / "django.po"
APPS = ("catalog", "genresite", "inference", "training")
# Name of the function → which of its arguments are the context and the sentence.
CALLS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"), (None, 0)),
    **dict.fromkeys(("pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"), (0, 1)),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|<[^>]+>")

Sentence = tuple[str, str]  # context, text


def sentences(source: str) -> Iterator[Sentence]:
    """What a Python source hands to gettext."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in CALLS:
                context, text = (None if at is None else _literal(node.args, at) for at in CALLS[name])
                if text:
                    yield context or "", text


def _literal(arguments: list[ast.expr], at: int) -> str:
    value = arguments[at] if at < len(arguments) else None
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""


def template_sentences(source: str) -> Iterator[Sentence]:
    """What a template hands to gettext; Django turns it into calls with blanks and X between them."""
    for start in re.finditer(r"\b(?:n?p?gettext|_)\(", templatize(source)):
        rest = templatize(source)[start.start() :]
        for end in re.finditer(r"\)", rest):
            try:
                yield from sentences(rest[: end.end()])
            except SyntaxError:  # a parenthesis within the sentence
                continue
            break


def used() -> set[Sentence]:
    found: set[Sentence] = set()
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            found |= set(sentences(path.read_text()))
    for path in (ROOT / "templates").rglob("*.html"):
        found |= set(template_sentences(path.read_text()))
    return found


@pytest.fixture(scope="module")
def catalogue() -> polib.POFile:
    return polib.pofile(str(CATALOGUE))


def test_no_sentence_is_missing_and_none_is_left_over(catalogue: polib.POFile) -> None:
    known = {(entry.msgctxt or "", entry.msgid) for entry in catalogue}
    assert used() - known == set(), "run `manage.py makemessages -l ko --no-location --no-wrap` and translate"
    assert known - used() == set(), "these are not used any more"


def test_every_sentence_is_translated(catalogue: polib.POFile) -> None:
    assert [entry.msgid for entry in catalogue if not entry.translated()] == []


def test_placeholders_and_markup_survive_translation(catalogue: polib.POFile) -> None:
    for entry in catalogue:
        for text in [entry.msgstr, *entry.msgstr_plural.values()]:
            if text:
                wanted = entry.msgid_plural or entry.msgid
                assert sorted(PLACEHOLDER.findall(text)) == sorted(PLACEHOLDER.findall(wanted)), entry.msgid


def test_what_django_reads_is_what_was_translated(catalogue: polib.POFile) -> None:
    """The compiled file is in the repository: a fresh machine has no msgfmt."""
    compiled = polib.mofile(str(CATALOGUE.with_suffix(".mo")))
    told = {(entry.msgctxt, entry.msgid): (entry.msgstr, entry.msgstr_plural) for entry in compiled}
    assert told == {(entry.msgctxt, entry.msgid): (entry.msgstr, entry.msgstr_plural) for entry in catalogue}


def test_the_finder_finds_every_kind_of_sentence() -> None:
    python = "_('a'); gettext_lazy('b'); ngettext('c', 'd', n); pgettext('menu', 'e (f)'); other('g'); _(name)"
    assert set(sentences(python)) == {("", "a"), ("", "b"), ("", "c"), ("menu", "e (f)")}
    template = (
        "{% load i18n %}{% translate 'a (b)' %}{% translate 'c' context 'menu' %}{{ x|default:_('d') }}"
        "{% blocktranslate count n=n %}{{ n }} e{% plural %}{{ n }} es{% endblocktranslate %}"
    )
    assert set(template_sentences(template)) == {("", "a (b)"), ("menu", "c"), ("", "d"), ("", "%(n)s e")}
