"""One line to get a valid object."""

from itertools import count
from typing import Any

import numpy as np

from catalog import search
from catalog.labelling import change_set
from catalog.models import ChangeSet, Clip, Film, Frame, Label, Term, User
from catalog.scores import ScoreTable
from inference.models import Prediction
from training.models import ModelVersion, Task

_number = count(1)


def make_user(username: str = "", *, role: User.Role = User.Role.VIEWER, **fields: Any) -> User:
    return User.objects.create_user(username or f"user{next(_number)}", password="light-table-7", role=role, **fields)


def make_film(title: str = "", **fields: Any) -> Film:
    title = title or f"Film {next(_number)}"
    key = fields.pop("key", None) or fields.get("imdb_id") or f"film-{next(_number)}"
    film = Film.objects.create(key=key, title=title, **{"plot": f"The plot of {title}.", **fields})
    film.refresh_from_db()
    return film


def make_clip(film: Film, *, sha256: str = "", **fields: Any) -> Clip:
    """A clip as a row: it has no file."""
    found = {"name": "clip.mp4", "size": 1000, "container": "mp4", "codec": "h264", "width": 640, "height": 360}
    return Clip.objects.create(
        film=film, sha256=sha256 or f"{next(_number):064x}", **{**found, "fps": 24.0, "seconds": 60.0, **fields}
    )


def make_frame(clip: Clip, seconds: float, *, next_sha256: str = "", **fields: Any) -> Frame:
    """A frame as a row: it has no picture. With a next one it is a pair."""
    use = Frame.Use.PAIR if next_sha256 else Frame.Use.TAGGING
    sha256 = fields.pop("sha256", "") or f"{next(_number):064x}"
    return Frame.objects.create(
        clip=clip, use=use, seconds=seconds, sha256=sha256, next_sha256=next_sha256,
        **{"width": 640, "height": 360, **fields},
    )  # fmt: skip


def make_term(slug: str = "", kind: Term.Kind = Term.Kind.GENRE, **fields: Any) -> Term:
    slug = slug or f"term-{next(_number)}"
    names = {"name_en": slug.replace("-", " ").capitalize(), "name_ko": f"{slug} (한)"}
    # A site has its default terms from the start: a test may ask for one of them as well.
    return Term.objects.update_or_create(kind=kind, slug=slug, defaults={**names, **fields})[0]


def import_label(film: Film, term: Term, value: Label.Value = Label.Value.YES) -> Label:
    """A label as an import writes it."""
    with change_set(ChangeSet.Kind.IMPORT, None, note="test"):
        return Label.objects.create(film=film, term=term, value=value, source="import", origin="test.csv")


def make_version(*terms: Term, threshold: float = 0.5, champion: bool = True, **fields: Any) -> ModelVersion:
    """A version that judges these terms, as a row: it has no files and computes nothing."""
    task = fields.pop("task", None) or (Task.TAGS if terms and terms[0].kind == Term.Kind.TAG else Task.GENRES)
    number = ModelVersion.objects.filter(task=task).count() + 1
    return ModelVersion.objects.create(
        task=task,
        number=number,
        terms=[term.slug for term in terms],
        thresholds=[threshold] * len(terms),
        champion=champion,
        **{"architecture": "heads", "manifest_sha256": "0" * 64, "dataset_hash": "0" * 64, **fields},
    )


Said = dict[int, dict[int, float]]  # film id → term id → score


def score_tables(said: Said) -> list[ScoreTable]:
    """One champion's scores, of the same terms for each film and with thresholds of .5, as the catalogue gets them."""
    if not said:
        return []
    terms = list(next(iter(said.values())))
    return [
        ScoreTable(
            version="v1",
            term_ids=np.array(terms),
            thresholds=np.full(len(terms), 0.5),
            film_ids=np.array(sorted(said)),
            scores=np.array([[said[film_id][term] for term in terms] for film_id in sorted(said)], float),
            inputs=[("plot",)] * len(said),
        )
    ]


def predict(film: Film, version: ModelVersion, *scores: float, inputs: tuple[str, ...] = ("plot", "poster")) -> None:
    """What the version says of the film, in the order of its terms, with search brought up to date."""
    Prediction.objects.create(
        film=film, version=version, scores=list(scores), input_hash=film.input_hash, inputs=list(inputs)
    )
    search.refresh([film.pk])
