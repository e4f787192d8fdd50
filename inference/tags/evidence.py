"""What a film's page shows of its taggings: how often each tag appeared, beside the tag genome, and in which frames."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from catalog.models import Film, Job, Label, Term
from inference.models import Caption, Relevance, Tagging
from inference.tags.tagging import frames_of

CHARTED = 16  # tags in the chart; the table below it has all
MOST_FRAMES = 60  # of one tag; more say nothing new


@dataclass(frozen=True)
class TagRow:
    """A tag of a film: in how many frames a tagger saw it, and how relevant the tag genome says that it is."""

    term: Term
    times: int
    frames: int
    relevance: float | None = None
    said: str = ""
    """yes, no or unknown where somebody has said so"""

    @property
    def share(self) -> float:
        return min(1.0, self.times / self.frames) if self.frames else 0.0


@dataclass(frozen=True)
class Bars:
    """One line of the chart, in percent of its width: appearance ratio, and relevance where the film has it."""

    row: TagRow
    appears: str
    relevant: str


@dataclass(frozen=True)
class Shot:
    """A frame as evidence, its caption's words marked."""

    caption: Caption
    text: SafeString
    score: float | None


def taggings_of(film: Film) -> list[Tagging]:
    """The latest first. One query."""
    return list(film.taggings.filter(frames__gt=0).select_related("version").order_by("-tagged_at", "-pk"))


def tag_rows(film: Film, tagging: Tagging) -> list[TagRow]:
    """The commonest tag first; relevant tags that appear nowhere come last. Three queries."""
    relevances = dict(Relevance.objects.filter(film=film).values_list("term", "value"))
    labels = dict(Label.objects.filter(film=film, term__kind=Term.Kind.TAG).values_list("term", "value"))
    terms = Term.objects.filter(kind=Term.Kind.TAG, active=True)
    rows = [
        TagRow(
            term, tagging.counts.get(term.slug, 0), tagging.frames, relevances.get(term.pk), labels.get(term.pk) or ""
        )
        for term in terms
        if term.slug in tagging.counts or relevances.get(term.pk, 0) >= 0.5
    ]
    return sorted(rows, key=lambda row: (-row.times, -(row.relevance or 0), row.term.name_en))


def bars(rows: list[TagRow]) -> list[Bars]:
    """The chart: ratio beside relevance, both from 0 to 1."""
    return [
        Bars(row, f"{100 * row.share:.1f}", "" if row.relevance is None else f"{100 * row.relevance:.1f}")
        for row in rows[:CHARTED]
    ]


def shots(tagging: Tagging, slug: str) -> list[Shot]:
    """The frames in which a tag appeared, in their order. One query."""
    found = tagging.captions.filter(matches__has_key=slug).select_related("frame__clip").order_by("frame")
    return [_shot(caption, slug) for caption in found[:MOST_FRAMES]]


def _shot(caption: Caption, slug: str) -> Shot:
    found = caption.matches[slug]
    if isinstance(found, str):
        return Shot(caption, marked(caption.text, found), None)
    return Shot(caption, SafeString(""), float(found))


def marked(text: str, words: str) -> SafeString:
    """The text with each place marked where these words stand by themselves; escaped, whatever a model has written."""
    pieces = re.split(rf"(?<!\w)({re.escape(words)})(?!\w)", text) if words else [text]
    return format_html_join("", "{}", ((piece,) for piece in _marks(pieces)))


def _marks(pieces: list[str]) -> Iterator[str | SafeString]:
    for place, piece in enumerate(pieces):
        yield format_html("<mark>{}</mark>", piece) if place % 2 else piece


def running(film: Film, task: str) -> Job | None:
    """The job that is at this film's tags, or waits to be."""
    named: Any = Job.objects.filter(task=task, params__films__contains=[film.key])
    found: Job | None = named.active().order_by("pk").last()
    return found


def has_frames(film: Film) -> bool:
    return frames_of(film).exists()
