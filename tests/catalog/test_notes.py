"""Notes of bulk changes: stored in one form, shown in the reader's language."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from catalog.models import Term
from catalog.notes import answers_note, in_words, merge_note, rule_note
from tests.factories import make_term

pytestmark = pytest.mark.django_db


@pytest.fixture
def terms(db: None) -> tuple[Term, Term]:
    return make_term("horror", name_ko="공포"), make_term("dark", Term.Kind.TAG, name_en="dark", name_ko="어두운")


def test_a_note_is_shown_in_words(terms: tuple[Term, Term]) -> None:
    horror, dark = terms
    notes = [
        rule_note(horror, 0.95, 0), rule_note(horror, 0.9, 50), answers_note([(horror, "yes"), (dark, "unknown")]),
        merge_note(dark, horror), "csv: films.csv", "genre/none ≥ 0.5", "",
    ]  # fmt: skip
    with CaptureQueriesContext(connection) as queries:
        words = in_words(notes)
    assert len(queries) == 1
    assert [words[note] for note in notes] == [
        "Horror at 0.95 or more", "Horror at 0.90 or more, the surest 50", "Horror: yes; dark: unknown",
        "dark became part of Horror", "csv: films.csv", "genre/none at 0.50 or more", "",
    ]  # fmt: skip


def test_names_are_in_the_reader_s_language(terms: tuple[Term, Term]) -> None:
    note = answers_note([(terms[0], "yes"), (terms[1], "no")])
    with override("ko"):
        assert in_words([note])[note].startswith("공포: ")


def test_notes_without_terms_cost_nothing() -> None:
    with CaptureQueriesContext(connection) as queries:
        assert in_words(["mmimdb", ""]) == {"mmimdb": "mmimdb", "": ""}
    assert len(queries) == 0
