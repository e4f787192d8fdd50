"""What models see of films, read from the database. Imports no torch."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from django.conf import settings

from catalog.models import Film
from catalog.models.film import poster_path
from catalog.progress import Progress
from training import encoders, vectors
from training.architectures import Architecture
from training.films import FilmInputs, film_text, read_films
from training.inputs import Inputs
from training.scenes.data import read_scenes

if TYPE_CHECKING:
    from training.encoders.image import ImageEncoder
    from training.encoders.text import TextEncoder

VECTORS = Architecture(module="")  # what most architectures look at
__all__ = ["Inputs", "film_text", "inputs_of", "load_inputs", "named_encoders", "read_inputs"]


def load_inputs(
    film_ids: Sequence[int],
    text_encoder: "TextEncoder | None",
    image_encoder: "ImageEncoder | None",
    looks: Architecture = VECTORS,
) -> Inputs:
    """Inputs of these films in their order, from stored vectors; what has no vector counts as not there.

    Raises KeyError where a film is gone.
    """
    found = {film.pk: film for film in read_films(Film.objects.filter(pk__in=film_ids))}
    return inputs_of([found[pk] for pk in film_ids], text_encoder, image_encoder, looks)


def inputs_of(
    films: Sequence[FilmInputs],
    text_encoder: "TextEncoder | None",
    image_encoder: "ImageEncoder | None",
    looks: Architecture = VECTORS,
) -> Inputs:
    """The same for films that have been read. Two queries. What the architecture does not look at is not there."""
    texts = [film.text for film in films]
    text_vectors, has_vector = vectors.load_for(text_encoder, [film.text_hash for film in films])
    image_vectors, has_image = vectors.load_for(image_encoder, [film.poster_sha256 for film in films])
    has_plot = np.array([bool(text) for text in texts], bool)
    posters = [poster_file(film.poster_sha256) for film in films]
    if looks.reads == "pictures":
        has_image = np.array([poster is not None for poster in posters], bool)
    inputs = Inputs(
        texts=texts,
        text_vectors=text_vectors,
        has_text=has_plot & has_vector if text_encoder else has_plot,  # words can be counted without an encoder
        image_vectors=image_vectors,
        has_image=has_image,
        years=[film.year for film in films],
        languages=[film.language for film in films],
        posters=posters,
    )
    return inputs.only(looks.sees)


def poster_file(sha256: str) -> Path | None:
    """Where the poster of this hash is stored; None for "" and where the file is gone."""
    path = Path(settings.MEDIA_ROOT) / poster_path(sha256)
    return path if sha256 and path.is_file() else None


def named_encoders(text_encoder: str, image_encoder: str) -> "tuple[TextEncoder | None, ImageEncoder | None]":
    """The encoders of these names, None where one is not used. Raises EncoderUnavailable."""
    text = None if text_encoder in encoders.NONE else encoders.text_encoder(text_encoder)
    image = None if image_encoder in encoders.NONE else encoders.image_encoder(image_encoder)
    return text, image


def read_inputs(
    film_ids: list[int], text_encoder: str, image_encoder: str, progress: Progress, looks: Architecture = VECTORS
) -> Inputs:
    """What the model sees of these films, in their order; vectors that are not there yet are made first."""
    text, image = named_encoders(text_encoder, image_encoder)
    if looks.reads == "pairs":
        return read_scenes(film_ids, image, progress)
    vectors.encode_missing(Film.objects.filter(pk__in=film_ids), text=text, image=image, progress=progress)
    return load_inputs(film_ids, text, image, looks)
