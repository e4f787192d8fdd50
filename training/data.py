"""What models see of films, read from the database. Imports no torch."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from catalog.models import Film
from training import vectors
from training.films import FilmInputs, film_text, read_films
from training.inputs import Inputs

if TYPE_CHECKING:
    from training.encoders.image import ImageEncoder
    from training.encoders.text import TextEncoder

__all__ = ["Inputs", "film_text", "inputs_of", "load_inputs"]


def load_inputs(
    film_ids: Sequence[int], text_encoder: "TextEncoder | None", image_encoder: "ImageEncoder | None"
) -> Inputs:
    """Inputs of these films in their order, from stored vectors; what has no vector counts as not there.

    Raises KeyError where a film is gone.
    """
    found = {film.pk: film for film in read_films(Film.objects.filter(pk__in=film_ids))}
    return inputs_of([found[pk] for pk in film_ids], text_encoder, image_encoder)


def inputs_of(
    films: Sequence[FilmInputs], text_encoder: "TextEncoder | None", image_encoder: "ImageEncoder | None"
) -> Inputs:
    """The same for films that have been read. Two queries."""
    texts = [film.text for film in films]
    text_vectors, has_vector = vectors.load_for(text_encoder, [film.text_hash for film in films])
    image_vectors, has_image = vectors.load_for(image_encoder, [film.poster_sha256 for film in films])
    has_plot = np.array([bool(text) for text in texts], bool)
    return Inputs(
        texts=texts,
        text_vectors=text_vectors,
        has_text=has_plot & has_vector if text_encoder else has_plot,  # words can be counted without an encoder
        image_vectors=image_vectors,
        has_image=has_image,
        years=[film.year for film in films],
        languages=[film.language for film in films],
    )
