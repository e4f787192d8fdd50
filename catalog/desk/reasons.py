"""Why the desk shows a film: one line in the reader's language."""

from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from catalog.models import Film, Label, Pick, Term
from catalog.scores import Score, film_scores


@dataclass(frozen=True)
class Reason:
    """The term that the film is shown for, None where it is for none in particular, and a sentence; "" says nothing."""

    term: Term | None
    sentence: str


NOTHING = Reason(None, "")


def score(value: float) -> str:
    """A score as every page writes it: two decimals."""
    return number_format(value, 2)


def of_doubt(film: Film) -> Reason:
    """The undecided term whose score is nearest to its cut."""
    said = set(Label.objects.filter(film=film).values_list("term_id", flat=True))
    scores = {pk: one for pk, one in film_scores([film.pk]).get(film.pk, {}).items() if pk not in said}
    if not scores:
        return NOTHING
    pk = max(scores, key=lambda term_id: (_doubt(scores[term_id]), -term_id))
    term, found = Term.objects.get(pk=pk), scores[pk]
    sentence = _("%(term)s %(score)s, cut %(cut)s")
    cells = {"term": term.name, "score": score(found.score), "cut": score(found.threshold)}
    return Reason(term, sentence % cells)


def _doubt(found: Score) -> float:
    """As ScoreTable.doubt, of one score."""
    side = 1 - found.threshold if found.proposed else found.threshold
    return 1 - abs(found.score - found.threshold) / side if side > 0 else 1.0


def of_newest(film: Film) -> Reason:
    return Reason(None, _("Added on %(date)s") % {"date": date_format(film.created_at, "DATE_FORMAT")})


# Of picks: `why` holds what the sentence is made of --------------------------------------------------------


def _of_pick(film: Film, order: Pick.Order) -> tuple[Term, dict[str, Any]] | None:
    pick = Pick.objects.filter(film=film, order=order).select_related("term").first()
    return (pick.term, pick.why) if pick else None


def of_error(film: Film) -> Reason:
    """``why``: value ("yes" or "no"), score (by models that have not seen the film), beside (with its other labels)."""
    found = _of_pick(film, Pick.Order.ERROR)
    if found is None:
        return NOTHING
    term, why = found
    cells = {"term": term.name, "score": score(why["score"]), "beside": score(why["beside"])}
    if why["value"] == Label.Value.YES:
        sentence = _("Labelled %(term)s, but held-out models say %(score)s, and %(beside)s beside its other labels")
    else:
        sentence = _("Labelled not %(term)s, but held-out models say %(score)s, and %(beside)s beside its other labels")
    return Reason(term, sentence % cells)


def of_disagreement(film: Film) -> Reason:
    """``why``: between ("inputs", "versions" or "import") and what the two say; see the sentences."""
    found = _of_pick(film, Pick.Order.DISAGREEMENT)
    if found is None:
        return NOTHING
    term, why = found
    return Reason(term, _disagreement(why) % {"term": term.name, **_cells(why)})


def _disagreement(why: dict[str, Any]) -> str:
    if why["between"] == "inputs":
        if why["poster"] > why["plot"]:
            return _("%(term)s: the poster says yes (%(poster)s), the plot says no (%(plot)s)")
        return _("%(term)s: the plot says yes (%(plot)s), the poster says no (%(poster)s)")
    if why["between"] == "versions":
        if why["champion"] > why["challenger"]:
            return _("%(term)s: %(one)s says yes (%(champion)s), %(other)s says no (%(challenger)s)")
        return _("%(term)s: %(other)s says yes (%(challenger)s), %(one)s says no (%(champion)s)")
    if why["value"] == Label.Value.YES:
        return _("%(term)s: imported as yes, predicted at %(score)s")
    return _("%(term)s: imported as no, predicted at %(score)s")


def _cells(why: dict[str, Any]) -> dict[str, str]:
    return {name: score(value) if isinstance(value, float) else str(value) for name, value in why.items()}


def of_rare(film: Film) -> Reason:
    """``why``: films (known to have the term), wanted (without which it cannot be learned), score and cut."""
    found = _of_pick(film, Pick.Order.RARE)
    if found is None:
        return NOTHING
    term, why = found
    cells = {"term": term.name, "films": why["films"], "wanted": why["wanted"]}
    cells |= {"score": score(why["score"]), "cut": score(why["cut"])}
    if why["films"] < why["wanted"]:
        sentence = _("%(term)s has %(films)s films of the %(wanted)s that it needs; this one is unsure: %(score)s")
    else:
        sentence = _("%(term)s %(score)s, cut %(cut)s, and only %(films)s films to learn it from")
    return Reason(term, sentence % cells)


def of_time(film: Film) -> Reason:
    """What is to be learned from the film, and how long it will take; doubt where no picks have been made."""
    found, reason = _of_pick(film, Pick.Order.RARE), of_rare(film)
    if found is None:
        return of_doubt(film)
    seconds = _("about %(seconds)s s") % {"seconds": round(found[1]["seconds"])}
    return Reason(reason.term, f"{reason.sentence} · {seconds}")
