"""What an adapter learns from: frames of films, each with the tags that its film has. No film is in two parts."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings

from catalog.models import Frame, Label, Term
from catalog.models.clip import frame_path
from training.captioner.options import FinetuneOptions
from training.snapshot import OFFICIAL, NotEnoughLabels
from training.splits import split_of

FRAMES_JUDGED = 8  # of a validation film, at even distances
_PARTS = {"train": "train", "dev": "validation", "val": "validation", "validation": "validation", "test": "test"}


@dataclass(frozen=True)
class Example:
    """A frame and what is true of its film: names of tags, those that people decided on first."""

    film: str
    frame: Path
    tags: tuple[str, ...]
    decided: int = 0
    """How many of the tags people have decided on."""

    def answer(self, most: int, random: np.random.Generator) -> str:
        """Tags in the order of the alphabet; where they are more than `most` (0: all), people's and others by lot."""
        chosen = self.tags
        if most and len(chosen) > most:
            sure, others = self.tags[: self.decided], self.tags[self.decided :]
            pool = sure if len(sure) >= most else others
            kept = () if len(sure) >= most else sure
            drawn = random.permutation(len(pool))[: most - len(kept)]
            chosen = (*kept, *(pool[place] for place in drawn))
        return ", ".join(sorted(chosen))


@dataclass(frozen=True)
class Material:
    """Examples to learn from and to judge by, and what they were made of."""

    train: list[Example]
    validation: list[Example]
    names: dict[str, str]
    """Name in answers, in lower case, to a tag's slug: every tag that some training film has."""
    missing: int
    """Frames whose picture is gone."""
    films: dict[str, int]
    hash: str
    held_out: list[str] = field(default_factory=list)
    """Training films that are used for validation, since the split has none."""


@dataclass
class _Film:
    key: str
    part: str
    decided: set[str] = field(default_factory=set)
    imported: set[str] = field(default_factory=set)
    frames: list[Path] = field(default_factory=list)

    def examples(self, places: Sequence[int] | None = None) -> list[Example]:
        tags = (*sorted(self.decided), *sorted(self.imported))
        frames = self.frames if places is None else [self.frames[place] for place in places]
        return [Example(self.key, frame, tags, len(self.decided)) for frame in frames]

    def spread(self) -> list[Example]:
        """Some frames at even distances."""
        places = np.linspace(0, len(self.frames) - 1, min(FRAMES_JUDGED, len(self.frames)))
        return self.examples(places.round().astype(int).tolist())


def gather(options: FinetuneOptions) -> Material:
    """Frames for tagging (of films without such, the first frames of pairs) with the film's decided or imported tags.

    Test films are left out, whichever split names them so.

    Raises:
        NotEnoughLabels: fewer than two films have frames and tags.
    """
    films = _films(options.split)
    missing = _add_frames(films)
    usable = sorted((film for film in films.values() if film.frames), key=lambda film: film.key)
    held_out = _hold_out(usable)
    train = [film for film in usable if film.part == "train"]
    if not train or len(usable) < 2:
        raise NotEnoughLabels(
            f"{len(usable)} films outside the test part have frames and tags: at least two are needed. "
            "Add clips, extract frames for tagging, and decide or import tags."
        )
    validation = [film for film in usable if film.part == "validation"]
    examples, judged = _limited(train, options.limit), [one for film in validation for one in film.spread()]
    return Material(
        train=examples,
        validation=judged,
        names=_names(examples),
        missing=missing,
        films={"train": len({one.film for one in examples}), "validation": len(validation), "test": 0},
        hash=_hash(examples, judged),
        held_out=held_out,
    )


def _films(split: str) -> dict[int, _Film]:
    """Published films with tags, by their ids, without test films."""
    rows = (
        Label.objects.filter(term__kind=Term.Kind.TAG, term__active=True, value=Label.Value.YES, film__published=True)
        .filter(film__in=Frame.objects.values("clip__film"))
        .values_list("film_id", "film__key", "film__external", "term__name_en", "source")
    )
    films: dict[int, _Film] = {}
    for pk, key, external, name, source in rows:
        part = _part(key, external, split)
        if part in ("train", "validation"):
            film = films.setdefault(pk, _Film(key, part))
            (film.decided if source == Label.Source.PERSON else film.imported).add(name.lower())
    return films


def _part(key: str, external: dict[str, Any], split: str) -> str:
    official = {name: _PARTS.get(str(external.get(f"split:{name}", "")), "") for name in OFFICIAL}
    if "test" in official.values():
        return "test"
    return split_of(key) if split == "hash" else official[split]


def _add_frames(films: dict[int, _Film]) -> int:
    """Give each film its frames; how many of them have no file any more."""
    rows = Frame.objects.filter(clip__film_id__in=films).order_by("clip_id", "seconds", "use")
    found: dict[tuple[int, str], list[Path]] = defaultdict(list)
    for film_id, use, sha256 in rows.values_list("clip__film_id", "use", "sha256"):
        found[film_id, use].append(Path(settings.MEDIA_ROOT) / frame_path(sha256))
    missing = 0
    for film_id, film in films.items():
        wanted = found.get((film_id, Frame.Use.TAGGING)) or found.get((film_id, Frame.Use.PAIR)) or []
        film.frames = [frame for frame in dict.fromkeys(wanted) if frame.is_file()]
        missing += len(dict.fromkeys(wanted)) - len(film.frames)
    return missing


def _hold_out(films: list[_Film]) -> list[str]:
    """Where the split has no validation film among so few, a tenth of the training films is kept for it."""
    if len(films) < 2 or any(film.part == "validation" for film in films):
        return []
    mixed = sorted(films, key=lambda film: hashlib.sha256(film.key.encode()).digest())
    chosen = mixed[: max(1, len(films) // 10)]
    for film in chosen:
        film.part = "validation"
    return sorted(film.key for film in chosen)


def _limited(films: list[_Film], limit: int) -> list[Example]:
    """All examples, or so many: people's films first, a frame of each film in turn, in an order like chance."""
    if not limit:
        return [one for film in films for one in film.examples()]
    mixed = [sorted(film.examples(), key=lambda one: one.frame.name) for film in films]  # names are hashes
    ranked = [(not one.decided, place, one.film, one) for examples in mixed for place, one in enumerate(examples)]
    return [one for *_, one in sorted(ranked, key=lambda row: row[:3])[:limit]]


def _names(examples: list[Example]) -> dict[str, str]:
    used = {name for one in examples for name in one.tags}
    tags = Term.objects.filter(kind=Term.Kind.TAG, active=True).values_list("name_en", "slug")
    return {name.lower(): slug for name, slug in tags if name.lower() in used}


def _hash(*parts: list[Example]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        for one in part:
            digest.update(f"{one.film} {one.frame.name} {one.decided} {'|'.join(one.tags)}\n".encode())
        digest.update(b"\n")
    return digest.hexdigest()
