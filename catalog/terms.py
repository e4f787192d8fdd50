"""The genres and tags that a site starts with, and finding the term that a name from elsewhere means."""

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from catalog.models import SourceName, Term, TermChange

DEFAULT_TERMS = Path(__file__).with_name("terms.json")
KEPT = 16  # vocabularies; the tag genome has another one for each film
FIELDS = ("name_en", "name_ko", "aliases", "guideline_en", "guideline_ko")


def load_terms(path: Path = DEFAULT_TERMS) -> int:
    """Add the terms and ignored names of a file that are not there yet; how many terms were added.

    What is there stays as people have made it: two queries when there is nothing to add.
    """
    content = json.loads(path.read_text(encoding="utf-8"))
    terms, ignored = (content["terms"], content.get("ignored", [])) if isinstance(content, dict) else (content, [])
    with transaction.atomic():
        added = _add_terms(terms)
        _ignore(ignored)
    return added


def _add_terms(entries: list[dict[str, Any]]) -> int:
    known = set(Term.objects.values_list("kind", "slug"))
    missing = [entry for entry in entries if (entry["kind"], entry["slug"]) not in known]
    Term.objects.bulk_create(
        (
            Term(kind=entry["kind"], slug=entry["slug"], **{field: entry[field] for field in FIELDS if field in entry})
            for entry in missing
        ),
        ignore_conflicts=True,
    )
    return len(missing)


def _ignore(entries: list[dict[str, str]]) -> None:
    known = set(SourceName.objects.values_list("kind", "name"))
    SourceName.objects.bulk_create(
        (
            SourceName(kind=entry["kind"], name=entry["name"], source="genresite", ignored=True)
            for entry in entries
            if (entry["kind"], entry["name"]) not in known
        ),
        ignore_conflicts=True,
    )


def load_default_terms(**_: object) -> None:
    """After migrations (a signal): a site has its terms before its first import."""
    tables = set(connection.introspection.table_names())
    if {Term._meta.db_table, SourceName._meta.db_table} <= tables:  # they are gone after `migrate catalog zero`
        load_terms()


@cache
def plain(name: str) -> str:
    """A name as it is compared: "Sci-Fi", "sci fi" and "SCI_FI" are one."""
    return re.sub(r"[\W_]+", " ", name.casefold()).strip()


def find_term(kind: str, slug: str) -> Term | None:
    """The term of this slug, or the one that it became part of: old addresses go on meaning something."""
    term = Term.objects.filter(kind=kind, slug=slug).first()
    while term is not None and term.merged_into is not None:
        term = term.merged_into
    return term


class Vocabulary:
    """Every name by which the active terms of one kind are known; names of a term that was merged mean the one that it
    became part of. Three queries, when it is made.
    """

    def __init__(self, kind: Term.Kind) -> None:
        self.kind = kind
        self.as_of = last_change()
        self.by_name: dict[str, int] = {}
        known = list(Term.objects.filter(kind=kind).exclude(active=False, merged_into=None))
        self._merged = {term.pk: term.merged_into_id for term in known if term.merged_into_id is not None}
        for terms in ([term for term in known if term.active], [term for term in known if not term.active]):
            for names in (lambda t: [t.slug, t.name_en], lambda t: [t.name_ko], lambda t: t.aliases):
                for term in terms:
                    for name in names(term):
                        self.by_name.setdefault(plain(name), self._now(term.pk))
        self.ignored: set[str] = set()
        self._use_mapping(SourceName.objects.filter(kind=kind))
        self._ids: dict[frozenset[str], frozenset[int]] = {}

    def _now(self, term_id: int) -> int:
        while term_id in self._merged:
            term_id = self._merged[term_id]
        return term_id

    def _use_mapping(self, names: Iterable[SourceName]) -> None:
        for name in names:
            if name.ignored:
                self.ignored.add(plain(name.name))
            elif name.term_id is not None:
                self.by_name.setdefault(plain(name.name), self._now(name.term_id))

    def find(self, name: str) -> int | None:
        """Id of the term that the name means; None when nobody has said."""
        return self.by_name.get(plain(name))

    def is_ignored(self, name: str) -> bool:
        return plain(name) in self.ignored or not plain(name)

    def ids(self, names: frozenset[str]) -> frozenset[int]:
        """Ids of those names that are terms. A source's whole vocabulary, the same for each film, is looked up once."""
        if names not in self._ids:
            if len(self._ids) >= KEPT:
                self._ids.clear()
            self._ids[names] = frozenset(found for name in names if (found := self.find(name)) is not None)
        return self._ids[names]


def last_change() -> int:
    """Id of the newest change of the vocabulary: one that was read before it is out of date."""
    return TermChange.objects.aggregate(last=Max("pk"))["last"] or 0


def vocabularies() -> Mapping[Term.Kind, Vocabulary]:
    return {kind: Vocabulary(kind) for kind in Term.Kind}
