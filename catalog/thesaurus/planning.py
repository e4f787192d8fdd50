"""What merging one term into another would do, before anybody does it."""

from dataclasses import dataclass

from django.db import connection, models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Term
from catalog.terms import plain
from catalog.thesaurus.edits import LONGEST_NAME, MOST_ALIASES
from catalog.thesaurus.states import BadTerm


class Rule(models.TextChoices):
    """Whose word stays where people said yes of one term and no of the other."""

    NEWER = "newer", gettext_lazy("the newer answer")
    TARGET = "target", gettext_lazy("the answer of the term that stays")
    SOURCE = "source", gettext_lazy("the answer of the term that goes")


_NEWEST = {
    Rule.NEWER: "CASE WHEN s.changed_at > t.changed_at THEN 'source' ELSE 'target' END",
    Rule.TARGET: "'target'",
    Rule.SOURCE: "'source'",
}
_DISAGREE = (
    "s.source = 'person' AND t.source = 'person' AND s.locked = t.locked AND s.value <> t.value"
    " AND 'unknown' NOT IN (s.value, t.value)"
)


def pairs(rule: Rule) -> str:
    """Each label of the source with the target's on the same film, and which of the two stays."""
    return f"""
    SELECT s.id AS source_id, t.id AS target_id, s.film_id,
        coalesce({_DISAGREE}, false) AS disagree,
        coalesce(s.source = 'person' AND t.source = 'import' AND s.value <> t.value
            OR s.source = 'import' AND t.source = 'person' AND s.value <> t.value, false) AS over_import,
        CASE WHEN t.id IS NULL THEN 'moves'
            WHEN s.locked <> t.locked THEN CASE WHEN s.locked THEN 'source' ELSE 'target' END
            WHEN s.source <> t.source THEN CASE WHEN s.source = 'person' THEN 'source' ELSE 'target' END
            WHEN s.value = t.value OR s.value = 'unknown' THEN 'target'
            WHEN t.value = 'unknown' THEN 'source'
            WHEN s.source = 'import' THEN CASE WHEN s.value = 'yes' THEN 'source' ELSE 'target' END
            ELSE {_NEWEST[rule]} END AS stays
    FROM catalog_label AS s LEFT JOIN catalog_label AS t ON t.film_id = s.film_id AND t.term_id = %(target)s
    WHERE s.term_id = %(source)s
    """


@dataclass(frozen=True)
class Clash:
    """A film of which people said yes to one of the two terms and no to the other."""

    film_id: int
    source: str
    source_by: str
    target: str
    target_by: str
    stays: str


@dataclass(frozen=True)
class Plan:
    """What a merge would do; counts are of labels."""

    source: Term
    target: Term
    rule: Rule
    moved: int
    """on films of which nothing is said about the target"""
    same: int
    """both terms have the same answer"""
    over_imports: int
    """a person's answer stays, an import's other one goes"""
    otherwise: int
    """an answer beats "unknown", a lock what is not locked, an import's yes an import's no"""
    disagree: int
    """people said different things"""
    clashes: list[Clash]
    aliases: list[str]
    """names that the target gets"""
    children: list[Term]
    examples: int

    @property
    def labels(self) -> int:
        return self.moved + self.same + self.over_imports + self.otherwise + self.disagree


def check(source: Term, target: Term) -> None:
    """Raises BadTerm: these two cannot become one."""
    if source.pk == target.pk:
        raise BadTerm(_("A term cannot become part of itself."))
    if source.kind != target.kind:
        raise BadTerm(_("Only terms of one kind become one; give %(term)s a parent instead.") % {"term": source.name})
    if source.merged_into_id:
        raise BadTerm(_("%(term)s is part of another term already.") % {"term": source.name})
    if not target.active:
        raise BadTerm(_("%(term)s is not in use any more.") % {"term": target.name})


def plan(source: Term, target: Term, rule: Rule = Rule.NEWER, *, clashes: int = 50) -> Plan:
    """What merging source into target would do, with the first so many clashes. Raises BadTerm."""
    check(source, target)
    terms = {"source": source.pk, "target": target.pk}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT count(*) FILTER (WHERE stays = 'moves'), count(*) FILTER (WHERE s.value = t.value),
                count(*) FILTER (WHERE over_import), count(*) FILTER (WHERE disagree), count(*)
            FROM ({pairs(rule)}) AS pair JOIN catalog_label AS s ON s.id = pair.source_id
            LEFT JOIN catalog_label AS t ON t.id = pair.target_id""",
            terms,
        )
        moved, same, over, disagree, total = cursor.fetchone()
        cursor.execute(
            f"""SELECT pair.film_id, s.value, a.username, t.value, b.username, pair.stays
            FROM ({pairs(rule)}) AS pair JOIN catalog_label AS s ON s.id = pair.source_id
            JOIN catalog_label AS t ON t.id = pair.target_id
            JOIN catalog_user AS a ON a.id = s.decided_by_id JOIN catalog_user AS b ON b.id = t.decided_by_id
            WHERE disagree ORDER BY pair.film_id LIMIT {int(clashes)}""",
            terms,
        )
        found = [Clash(*row) for row in cursor.fetchall()]
    return Plan(
        source, target, rule, moved, same, over, total - moved - same - over - disagree, disagree, found,
        [name for name in joined_names(source, target) if name not in target.aliases],
        list(source.children.exclude(pk=target.pk)), source.examples.count(),
    )  # fmt: skip


def joined_names(source: Term, target: Term) -> list[str]:
    """The target's other names with those of the source."""
    known = {plain(name) for name in (target.slug, target.name_en, target.name_ko)}
    names = list(target.aliases)
    known |= {plain(name) for name in names}
    for name in [source.name_en, source.name_ko, source.slug, *source.aliases]:
        if plain(name) not in known and len(name) <= LONGEST_NAME and len(names) < MOST_ALIASES:
            known.add(plain(name))
            names.append(name)
    return names
