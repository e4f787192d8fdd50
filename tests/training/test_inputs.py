"""Inputs: taking films, hiding a modality, refusing what does not fit."""

from dataclasses import replace

import numpy as np
import pytest

from tests.training.films import made_up_films
from training.inputs import Inputs, TrainingData


def test_taking_films_keeps_every_part_in_step() -> None:
    data = made_up_films(20)
    some = data.take(np.array([5, 2]))
    assert type(some) is Inputs
    assert list(some.texts) == [data.texts[5], data.texts[2]]
    assert (some.image_vectors == data.image_vectors[[5, 2]]).all()
    assert (list(some.years), list(some.languages)) == (
        [data.years[5], data.years[2]],
        [data.languages[5], data.languages[2]],
    )


def test_hiding_a_modality() -> None:
    data = made_up_films(20)
    assert not data.without_text().has_text.any()
    assert set(data.without_text().texts) == {""}
    assert (data.without_text().has_image == data.has_image).all()
    assert not data.without_image().has_image.any()
    assert set(data.without_facts().years) == {None}


def test_parts_of_different_lengths_are_refused() -> None:
    data = made_up_films(20)
    with pytest.raises(ValueError, match="one row per film"):
        replace(data, texts=["one"])
    with pytest.raises(ValueError, match=r"\(films, terms\)"):
        TrainingData.of(data, data.labels[:, :2], data.splits, data.terms)
