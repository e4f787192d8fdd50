"""From frames to tags: what a tagger says of each frame of a film is kept as evidence, and counted.

What is to be looked at is a query: frames of the film without a caption by the tagger. Captions are written in small
batches together with the counts that they change, so that a kill at any moment loses a batch and repeats nothing.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog import search
from catalog.models import Film, FilmQuerySet, Frame, Term
from catalog.progress import Progress
from catalog.vocabulary import Tag, matcher
from inference.models import Caption, Tagging
from inference.tags.taggers import Seen, Tagger

STORED_AT_ONCE = 16  # captions; what a kill may cost
STORED_AFTER = 5.0  # seconds: a slow tagger's captions are not held back for a batch
REMATCHED_AT_ONCE = 500

# Counted from the captions that are there: right whoever else is at it, and after frames have been taken away.
_RECOUNT = """
UPDATE inference_tagging SET
    frames = (SELECT count(*) FROM inference_caption WHERE tagging_id = %(tagging)s),
    counts = coalesce((
        SELECT jsonb_object_agg(slug, times) FROM (
            SELECT slug, count(*) AS times FROM inference_caption, jsonb_object_keys(matches) AS slug
            WHERE tagging_id = %(tagging)s GROUP BY slug
        ) AS counted
    ), '{}'),
    tagged_at = coalesce(%(now)s, tagged_at)
WHERE id = %(tagging)s
"""


@dataclass
class Tagged:
    """What a tagger has done: `frames` were looked at now, `failed` gave no answer, `kept` had one before."""

    tagger: str
    films: int = 0
    frames: int = 0
    failed: int = 0
    kept: int = 0
    seconds: float = 0.0
    without_frames: list[str] = field(default_factory=list)
    """keys of films that have none"""

    def as_dict(self) -> dict[str, Any]:
        speed = round(self.frames / self.seconds, 2) if self.seconds else 0.0
        return asdict(self) | {"frames_per_second": speed}


def site_tags() -> tuple[Tag, ...]:
    """The vocabulary of the site. One query."""
    terms = Term.objects.filter(kind=Term.Kind.TAG, active=True).order_by("slug")
    return tuple(
        Tag(slug, name_en, name_ko, tuple(aliases))
        for slug, name_en, name_ko, aliases in terms.values_list("slug", "name_en", "name_ko", "aliases")
    )


def frames_of(film: Film) -> QuerySet[Frame]:
    """The frames that were taken for tagging; the first ones of pairs where there are no others."""
    frames = Frame.objects.filter(clip__film=film).order_by("clip", "seconds")
    tagging = frames.filter(use=Frame.Use.TAGGING)
    return tagging if tagging.exists() else frames


def with_frames() -> FilmQuerySet:
    """Films that have any."""
    return Film.objects.filter(Exists(Frame.objects.filter(clip__film=OuterRef("pk"))))


def tag_films(tagger: Tagger, films: FilmQuerySet, progress: Progress, *, everything: bool = False) -> Tagged:
    """Have a tagger look at every frame of these films that it has not looked at yet, or at all of them anew.

    Raises:
        TaggerUnavailable: the tagger cannot go on; what it has said until then is stored and counted.
        Cancelled: somebody asked for it; the same.
    """
    done, begun = Tagged(tagger.name), time.monotonic()
    chosen = list(films.order_by("pk"))
    taggings = {film.pk: _begin(tagger, film, everything=everything) for film in chosen}
    progress.start(sum(map(_unseen_count, taggings.values())), "frames", _("Tagging frames"))
    try:
        for film in chosen:
            _tag(tagger, film, taggings[film.pk], done, progress)
    finally:
        done.seconds = round(time.monotonic() - begun, 2)
    return done


def _begin(tagger: Tagger, film: Film, *, everything: bool) -> Tagging:
    version = {"version": tagger.version}
    tagging, _made = Tagging.objects.get_or_create(
        film=film, tagger=tagger.name, defaults={**version, "frames": 0, "counts": {}}
    )
    if everything:
        tagging.captions.all().delete()
    return tagging


def _unseen(tagging: Tagging) -> QuerySet[Frame]:
    said = Caption.objects.filter(tagging=tagging, frame=OuterRef("pk"))
    return frames_of(tagging.film).filter(~Exists(said))


def _unseen_count(tagging: Tagging) -> int:
    return _unseen(tagging).count()


def _tag(tagger: Tagger, film: Film, tagging: Tagging, done: Tagged, progress: Progress) -> None:
    frames = list(_unseen(tagging))
    kept = tagging.captions.count()
    if not frames and not kept:
        tagging.delete()
        done.without_frames.append(film.key)
        return
    done.films, done.kept = done.films + 1, done.kept + kept
    try:
        for batch in _batches(_looked(tagger, frames)):
            _store(tagging, batch)
            _report(film, batch, done, progress)
    finally:
        _show(tagging)


def _looked(tagger: Tagger, frames: Sequence[Frame]) -> Iterator[tuple[Frame, Seen]]:
    for start in range(0, len(frames), tagger.at_once):
        part = frames[start : start + tagger.at_once]
        yield from zip(part, tagger.look([frame.file for frame in part]), strict=True)


def _batches(looked: Iterator[tuple[Frame, Seen]]) -> Iterator[list[tuple[Frame, Seen]]]:
    """Answers to be stored together; those that came before an error are handed out before it is raised."""
    batch: list[tuple[Frame, Seen]] = []
    last = time.monotonic()
    try:
        for one in looked:
            batch.append(one)
            if len(batch) >= STORED_AT_ONCE or time.monotonic() - last >= STORED_AFTER:
                yield batch
                batch, last = [], time.monotonic()
    except Exception:
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def _store(tagging: Tagging, batch: Sequence[tuple[Frame, Seen]]) -> None:
    """Captions and the counts with them. A frame that was taken away meanwhile is left out."""
    with transaction.atomic():
        there = Frame.objects.select_for_update(no_key=True).filter(pk__in=[frame.pk for frame, _seen in batch])
        kept = set(there.order_by("pk").values_list("pk", flat=True))
        Caption.objects.bulk_create(
            (
                Caption(tagging=tagging, frame=frame, text=seen.text, matches=dict(seen.matches))
                for frame, seen in batch
                if frame.pk in kept and not seen.error
            ),
            ignore_conflicts=True,
        )
        recount(tagging.pk)


def recount(tagging_id: int, *, said_now: bool = True) -> None:
    """Bring a tagging's counts in step with its captions. One statement. said_now: the tagger has said something."""
    with connection.cursor() as cursor:
        cursor.execute(_RECOUNT, {"tagging": tagging_id, "now": timezone.now() if said_now else None})


def _report(film: Film, batch: Sequence[tuple[Frame, Seen]], done: Tagged, progress: Progress) -> None:
    for frame, seen in batch:
        if seen.error:
            done.failed += 1
            progress.fail(f"{frame.seconds:.2f} s, {film.key}", seen.error)
        else:
            done.frames += 1
    progress.advance(len(batch))


def _show(tagging: Tagging) -> None:
    """Let search see what was found, also where the work was broken off; a tagging that says nothing goes."""
    recount(tagging.pk, said_now=False)
    if not tagging.captions.exists():
        tagging.delete()
    search.refresh([tagging.film_id])


def rematch(progress: Progress) -> int:
    """Match all captions with the vocabulary as it is now: for tags that were added since; how many have changed.

    Frames that were scored without words are left as they are: that takes the tagger.
    """
    site = matcher(site_tags())
    captions = Caption.objects.exclude(text="").order_by("pk")
    progress.start(captions.count(), "frames", _("Matching captions with the vocabulary"))
    changed, last = 0, 0
    taggings: set[int] = set()
    while batch := list(captions.filter(pk__gt=last)[:REMATCHED_AT_ONCE]):
        last = batch[-1].pk
        fresh = [caption for caption in batch if _rematched(caption, site.find(caption.text))]
        Caption.objects.bulk_update(fresh, ["matches"])
        changed, taggings = changed + len(fresh), taggings | {caption.tagging_id for caption in fresh}
        progress.advance(len(batch))
    for tagging in Tagging.objects.filter(pk__in=taggings).order_by("pk"):
        recount(tagging.pk, said_now=False)
    search.refresh(list(Tagging.objects.filter(pk__in=taggings).values_list("film", flat=True)))
    return changed


def _rematched(caption: Caption, matches: dict[str, str]) -> bool:
    differs = bool(caption.matches != matches)
    caption.matches = matches
    return differs
