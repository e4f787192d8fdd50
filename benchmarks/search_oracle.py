"""Search in the plainest way: all rows of the tables in memory, every film looked at for every question.

It shares with the engine what an address means (catalog.search.asked) and which films' titles fit, and nothing else.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
FACTS = """
SELECT film.id::int, published::int, coalesce(year, 0)::int, (film.poster_sha256 <> '')::int,
    (film.plot <> '' OR film.plot_ko <> '')::int, EXISTS (SELECT FROM catalog_clip WHERE film_id = film.id)::int,
    EXISTS (SELECT FROM catalog_label WHERE film_id = film.id AND source = 'person')::int,
    coalesce(review.waiting, 0)::int, coalesce(round(review.doubt * 32767) + 1, 0)::int,
    dense_rank() OVER (ORDER BY film.language)::int, row_number() OVER (ORDER BY film.title, film.id)::int
FROM catalog_film AS film LEFT JOIN catalog_review AS review ON review.film_id = film.id ORDER BY film.id
"""
COLUMNS = "id published year poster plot footage person waiting doubt language title".split()  # noqa: SIM905
TERMS = "SELECT film_id::int, term_id::int, round(weight * 1000)::int, (origin = 'model')::int FROM catalog_filmterm"


def rows(select: str, columns: int) -> list[NDArray[np.int32]]:
    """The columns of a query that selects whole numbers of four bytes, by COPY in PostgreSQL's binary format."""
    from django.db import connection

    row = np.dtype(
        [("columns", ">i2")] + [part for n in range(columns) for part in ((f"l{n}", ">i4"), (f"v{n}", ">i4"))]
    )
    with connection.cursor() as cursor, cursor.cursor.copy(f"COPY ({select}) TO STDOUT (FORMAT binary)") as copy:
        sent = bytearray()
        for part in copy:
            sent += part
    found = np.frombuffer(sent, row, count=(len(sent) - 19 - 2) // row.itemsize, offset=19)
    return [found[f"v{n}"].astype(np.int32) for n in range(columns)]


class Oracle:
    """Every film's facts, and the rows of FilmTerm ordered by term so that one term's need no search."""

    def __init__(self) -> None:
        from catalog.models import Film, Term

        self.facts = dict(zip(COLUMNS, rows(FACTS, len(COLUMNS)), strict=True))
        self.ids = self.facts["id"].astype(np.int64)
        film, term, weight, model = rows(TERMS, 4)
        order = np.argsort(term, kind="stable")
        self.film, self.weight = np.searchsorted(self.ids, film[order]), weight[order]
        self.starts = np.searchsorted(term[order], np.arange(term.max() + 2))
        self.any, self.model = np.zeros((2, len(self.ids)), bool)
        self.any[self.film], self.model[np.searchsorted(self.ids, film[model == 1])] = True, True
        self.languages = sorted(Film.objects.order_by().values_list("language", flat=True).distinct())
        parents = Term.objects.exclude(parent=None).values_list("pk", "parent")
        self.children: dict[int, list[int]] = {}
        for child, parent in parents:
            self.children.setdefault(parent, []).append(child)

    def weights(self, term: int) -> Ints:
        """(films,): thousandths of the term or of a narrower one, −1 without."""
        found = np.full(len(self.ids), -1, np.int64)
        if term + 1 < len(self.starts):
            rows = slice(self.starts[term], self.starts[term + 1])
            found[self.film[rows]] = self.weight[rows]
        for child in self.children.get(term, ()):
            np.maximum(found, self.weights(child), out=found)
        return found

    def fits(self, asked: Any) -> NDArray[np.bool_]:
        """(films,)"""
        facts = self.facts
        mask = facts["published"] == 1
        for chip in asked.of("must"):
            mask &= self.weights(chip.term.pk) >= 0
        for chip in asked.of("not"):
            mask &= self.weights(chip.term.pk) < 0
        if may := asked.of("may"):
            mask &= np.any([self.weights(chip.term.pk) >= 0 for chip in may], axis=0)
        if asked.decades:
            mask &= np.isin(facts["year"] // 10 * 10, asked.decades)
        if asked.languages:
            mask &= np.isin(facts["language"], [self.languages.index(one) + 1 for one in asked.languages])
        for what in asked.has:
            mask &= facts[what.removeprefix("no-")] == (not what.startswith("no-"))
        return mask & self._said(asked.said)

    def _said(self, said: str) -> NDArray[np.bool_]:
        person = self.facts["person"] == 1
        everything = np.ones(len(self.ids), bool)
        return {
            "": everything, "person": person, "machine": self.model & ~person,
            "waiting": self.facts["waiting"] > 0, "untagged": ~self.any,
        }[said]  # fmt: skip

    def ranked(self, asked: Any, mask: NDArray[np.bool_]) -> list[int]:
        """Ids of the films of a mask, in the order that is asked for; of equals the newest first."""
        ranks = self._ranks(asked)[mask]
        return self.ids[mask][np.lexsort((-self.ids[mask], ranks))].tolist()

    def _ranks(self, asked: Any) -> Ints:
        """(films,): the lowest first."""
        if asked.order == "match":
            return -sum(
                (chip.strength * np.maximum(self.weights(chip.term.pk), 0) for chip in asked.weighted), self.ids * 0
            )
        if asked.order == "confidence":
            musts = [self.weights(chip.term.pk) for chip in asked.of("must")]
            mays = [self.weights(chip.term.pk) for chip in asked.of("may")]
            musts += [np.max(mays, axis=0)] if mays else []
            doubt = self.facts["doubt"].astype(np.int64)
            return -np.min(np.maximum(musts, 0), axis=0) if musts else np.where(doubt == 0, 1 << 40, doubt)
        sign = 1 if asked.order == "title" else -1
        return self.ids * 0 if asked.order == "newest" else sign * self.facts[asked.order].astype(np.int64)
