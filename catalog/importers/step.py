"""One batch of an import: compare with the catalogue, write what differs. A dry run compares only."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from catalog import search
from catalog.changesets import hold_terms
from catalog.importers import store
from catalog.importers.merge import Held, LabelChanges, Rule, Rules, changed_values, label_changes, new_values
from catalog.importers.report import Failure, ImportReport
from catalog.importers.rows import FilmRow
from catalog.models import ChangeSet, Film, Term, User
from catalog.pictures import Encoded
from catalog.terms import Vocabulary, last_change, vocabularies

NOTHING_HELD = Held()


@dataclass(frozen=True)
class Options:
    """What holds for all batches of a run."""

    source: str  # a short name of format and file, for the log
    rules: Rules
    vocabularies: Mapping[Term.Kind, Vocabulary]
    dry_run: bool
    user: User | None


def _hold_vocabulary(options: Options) -> Options:
    """No term is merged until the batch is stored, so that no label is written of one that is gone; names mean what
    they mean now. Before films are locked, as everybody does it who writes labels.
    """
    hold_terms(Term.objects.values_list("pk", flat=True))
    latest = last_change()
    if all(vocabulary.as_of == latest for vocabulary in options.vocabularies.values()):
        return options
    return replace(options, vocabularies=vocabularies())


@dataclass(frozen=True, slots=True)
class Said:
    """What changes in the labels of one film because of one source."""

    key: str
    origin: str
    changes: LabelChanges


class Step:
    """The rows of one batch on their way into the catalogue; counts go into the report.

    `met` are keys of films that earlier batches wrote: further rows on them add, whatever the rule, so that a
    file that says things of a film in two places is not at odds with itself.
    """

    def __init__(
        self,
        options: Options,
        report: ImportReport,
        rows: Sequence[FilmRow],
        posters: Mapping[str, Encoded],
        met: set[str],
    ) -> None:
        self.options = options if options.dry_run else _hold_vocabulary(options)
        self.report, self.posters, self.met = report, posters, met
        self.held = store.held_films(rows, lock=not options.dry_run)
        self.strange = [row for row in rows if self._is_another(row)]
        self.rows = [row for row in rows if not self._is_another(row)]
        self.ids = {key: film.pk for key, film in self.held.items()}
        self.changed: set[str] = set()  # keys of films that were there and changed
        self.unknown: dict[Term.Kind, dict[str, list[str]]] = {kind: {} for kind in Term.Kind}

    def _is_another(self, row: FilmRow) -> bool:
        """The row's key is that of a film with another IMDb id: one of the two is wrong."""
        film = self.held.get(row.key)
        return bool(film and film.imdb_id and row.imdb_id and film.imdb_id != row.imdb_id)

    def failures(self) -> list[Failure]:
        return [
            Failure(row.number, row.key, _("The key belongs to %(film)s.") % {"film": self.held[row.key].imdb_id})
            for row in self.strange
        ]

    def take(self) -> None:
        """Bring the catalogue to what the rows say; inside a transaction."""
        fresh = [row for row in self.rows if row.key not in self.held]
        self._films(fresh)
        labels = self._labels()
        posters = self._posters()
        for kind, names in self.unknown.items():
            self.report.add_unknown(kind, Counter({name: len(keys) for name, keys in names.items()}))
        if not self.options.dry_run:
            self._write(labels, posters)
        self._count(fresh)

    def _rules(self, row: FilmRow) -> Rules:
        if row.key not in self.met:
            return self.options.rules
        return {name: Rule.MERGE if rule == Rule.OVERWRITE else rule for name, rule in self.options.rules.items()}

    def _films(self, fresh: Sequence[FilmRow]) -> None:
        changes = {
            film: values
            for row in self.rows
            if (film := self.held.get(row.key)) and (values := changed_values(film, row, self._rules(row)))
        }
        self.changed |= {row.key for row in self.rows if self.held.get(row.key) in changes}
        if not self.options.dry_run:
            store.update_films(changes)
            self.ids |= store.insert_films([new_values(row, self.options.rules) for row in fresh], self.options.source)

    def _labels(self) -> list[Said]:
        """The labels that differ from what the rows say."""
        held = store.held_labels([film.pk for film in self.held.values()])
        found: list[Said] = []
        for row in self.rows:
            film = self.held.get(row.key)
            found += self._film_labels(row, held.get(film.pk, NOTHING_HELD) if film else NOTHING_HELD)
        for said in found:
            self.report.labels_added += said.changes.added
            self.report.labels_changed += said.changes.changed
            self.report.decisions_kept += said.changes.kept
        self.changed |= {said.key for said in found if said.changes} & self.held.keys()
        return [said for said in found if said.changes]

    def _film_labels(self, row: FilmRow, held: Held) -> list[Said]:
        rules, vocabularies = self._rules(row), self.options.vocabularies
        genres, tags = vocabularies[Term.Kind.GENRE], vocabularies[Term.Kind.TAG]
        of_genres = label_changes(
            self._known(row, genres, row.genres), genres.ids(row.genres_covered), held, rules["genres"]
        )
        of_tags = label_changes(self._known(row, tags, row.tags), tags.ids(row.tags_covered), held, rules["tags"])
        return [Said(row.key, row.genres_origin, of_genres), Said(row.key, row.tags_origin, of_tags)]

    def _known(self, row: FilmRow, vocabulary: Vocabulary, names: Iterable[str]) -> frozenset[int]:
        """Ids of the terms that the names mean; names that mean none are noted."""
        found = set()
        for name in names:
            term = vocabulary.find(name)
            if term is not None:
                found.add(term)
            elif not vocabulary.is_ignored(name):
                self.unknown[vocabulary.kind].setdefault(name, []).append(row.key)
        return frozenset(found)

    def _posters(self) -> dict[str, Encoded]:
        """Pictures that films do not have yet, by row key."""
        found = {}
        for row in self.rows:
            film, picture = self.held.get(row.key), self.posters.get(row.key)
            if picture is None:
                continue
            if film and (film.poster_sha256 == picture.sha256 or self._keeps_poster(film, row)):
                self.report.posters_unchanged += 1
            else:
                found[row.key] = picture
        self.report.posters_added += len(found)
        self.changed |= found.keys() & self.held.keys()
        return found

    def _keeps_poster(self, film: Film, row: FilmRow) -> bool:
        return bool(film.poster_sha256) and self._rules(row)["poster"] != Rule.OVERWRITE

    def _write(self, labels: Sequence[Said], posters: Mapping[str, Encoded]) -> None:
        if labels:
            with store.inside(self._change_set()):
                for fresh in (True, False):
                    of_these = [said for said in labels if (said.key not in self.held) == fresh]
                    store.write_labels(
                        ((self.ids[said.key], said.origin, said.changes) for said in of_these), fresh=fresh
                    )
        store.write_posters(
            {self.ids[key]: picture for key, picture in posters.items()},
            {self.ids[row.key]: row.poster_licence for row in self.rows},
            self.options.source,
        )
        store.bump_revisions([self.ids[key] for key in sorted(self.changed)])
        if labels:
            search.refresh(sorted({self.ids[said.key] for said in labels}))
        for kind, names in self.unknown.items():
            store.note_names(kind, self.options.source, names, self.report.unknown.get(kind, {}))

    def _change_set(self) -> int:
        """One change set for the whole import, begun with its first label."""
        if self.report.change_set is None:
            changes = ChangeSet.objects.create(
                kind=ChangeSet.Kind.IMPORT, user=self.options.user, note=self.options.source
            )
            self.report.change_set = changes.pk
        return self.report.change_set

    def _count(self, fresh: Sequence[FilmRow]) -> None:
        again = sum(row.key in self.met for row in fresh)  # in a dry run, a film that was not written is new again
        self.report.new += len(fresh) - again
        self.report.repeated += again
        self.report.changed += len(self.changed)
        self.report.unchanged += len(self.rows) - len(fresh) - len(self.changed)
        self.report.unreadable += len(self.strange)
