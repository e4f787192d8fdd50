"""The labels at one moment: which films, which terms, who is in which part of the split."""

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from catalog.models import Term
from training.models import Task
from training.splits import split_of, stratified

STRATIFIED, LEFT_OUT = "stratified", "left out"
OURS = ("hash", STRATIFIED)  # splits that every film is in
OFFICIAL = {"mmimdb", "mpst"}  # splits that an import may bring along
YES, NO, UNKNOWN = 1, 0, -1
CELLS = {"yes": YES, "no": NO, "unknown": UNKNOWN}
# What an official split calls its parts.
PARTS = {"train": "train", "dev": "validation", "val": "validation", "validation": "validation", "test": "test"}

# One statement sees one moment, so a decision made meanwhile is wholly in or wholly out.
_QUERY = """
SELECT f.id, f.key, f.input_hash, f.external -> %(split)s,
       array_agg(l.term_id ORDER BY l.term_id), array_agg(l.value ORDER BY l.term_id)
FROM catalog_film f JOIN catalog_label l ON l.film_id = f.id JOIN catalog_term t ON t.id = l.term_id
WHERE f.published AND t.active AND t.kind = %(kind)s AND (f.plot <> '' OR f.plot_ko <> '' OR f.poster_sha256 <> '')
GROUP BY f.id ORDER BY f.key
"""


class NotEnoughLabels(Exception):
    """There is too little to learn from; the message says what is missing."""


@dataclass(frozen=True)
class Snapshot:
    """N films and T terms in a fixed order; `labels` int8 (N, T) holds 1 yes, 0 no, -1 unknown."""

    task: Task
    terms: list[str]
    film_ids: list[int]
    keys: list[str]
    splits: NDArray[np.str_]
    labels: NDArray[np.int8]
    hash: str

    def rows(self, part: str) -> NDArray[np.int64]:
        return np.flatnonzero(self.splits == part)

    @property
    def counts(self) -> dict[str, int]:
        return {part: int((self.splits == part).sum()) for part in ("train", "validation", "test")}


def take(task: Task, *, split: str = "hash", min_films: int = 20, per_term: int = 0) -> Snapshot:
    """Snapshot of a task's labels.

    split: "hash" (80/10/10 by film key, stable for ever), "stratified" (80/10/10 with the terms spread evenly, another
        one whenever labels change), or the name of an official split that was imported; films outside it are left out.
    min_films: a term needs this many known "yes" among the training films.
    per_term: at most this many training films of each term, chosen by their keys; 0 for all.

    Raises:
        NotEnoughLabels: no term has enough films, or a part of the split is empty.
    """
    terms = list(Term.objects.filter(kind=task.term_kind, active=True).order_by("slug").values_list("pk", "slug"))
    rows = _read(task, split)
    if not rows:
        raise NotEnoughLabels(f"No film with a plot or a poster has {task.label} decided or imported yet.")
    splits = np.array([row["split"] for row in rows])
    labels = _matrix(rows, [pk for pk, _ in terms])
    if split == STRATIFIED:
        splits = stratified(labels == YES)
    kept = np.flatnonzero((labels[splits == "train"] == YES).sum(0) >= min_films)
    if not len(kept):
        raise NotEnoughLabels(
            f"None of the {task.label} has {min_films} films to learn from: import or decide more, "
            "or ask for fewer with --min-films."
        )
    if per_term:
        splits = np.where((splits == "train") & ~_chosen(labels[:, kept], splits, per_term), LEFT_OUT, splits)
    return _snapshot(task, [terms[i][1] for i in kept], rows, splits, labels[:, kept])


def _chosen(labels: NDArray[np.int8], splits: NDArray[np.str_], per_term: int) -> NDArray[np.bool_]:
    """(N,) the first `per_term` training films of each term, in an order that has nothing to do with them."""
    chosen = np.zeros(len(labels), bool)
    mixed = np.random.default_rng(0).permutation(len(labels))
    for column in labels.T:
        films = mixed[(column[mixed] == YES) & (splits[mixed] == "train")]
        chosen[films[:per_term]] = True
    return chosen


def _read(task: Task, split: str) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(_QUERY, {"split": f"split:{split}", "kind": task.term_kind})
        found = cursor.fetchall()
    rows = []
    for pk, key, input_hash, official, term_ids, values in found:
        part = split_of(key) if split in OURS else PARTS.get(str(official or "").strip('"'))
        if part:
            rows.append({"id": pk, "key": key, "hash": input_hash, "split": part, "terms": term_ids, "values": values})
    return rows


def _matrix(rows: list[dict[str, Any]], term_ids: list[int]) -> NDArray[np.int8]:
    column = {term_id: i for i, term_id in enumerate(term_ids)}
    labels = np.full((len(rows), len(term_ids)), UNKNOWN, np.int8)
    for i, row in enumerate(rows):
        for term_id, value in zip(row["terms"], row["values"], strict=True):
            labels[i, column[term_id]] = CELLS[value]
    return labels


def _snapshot(
    task: Task, terms: list[str], rows: list[dict[str, Any]], splits: NDArray[np.str_], labels: NDArray[np.int8]
) -> Snapshot:
    """Keep films of which something is known, and fingerprint all that training depends on."""
    known = np.flatnonzero((labels != UNKNOWN).any(1))
    splits, labels, rows = splits[known], labels[known], [rows[i] for i in known]
    for part in ("train", "validation", "test"):
        if part not in splits:
            raise NotEnoughLabels(f"The split has no {part} film among {len(rows)}: more labelled films are needed.")
    digest = hashlib.sha256("\n".join(terms).encode())
    for row, part, cells in zip(rows, splits, labels, strict=True):
        digest.update(f"\n{row['key']} {row['hash']} {part} ".encode() + cells.tobytes())
    return Snapshot(
        task=task,
        terms=terms,
        film_ids=[row["id"] for row in rows],
        keys=[row["key"] for row in rows],
        splits=splits,
        labels=labels,
        hash=digest.hexdigest(),
    )
