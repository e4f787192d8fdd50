"""Films made of numbers: labels that can be read from words, from vectors or from both."""

import numpy as np

from training.inputs import TrainingData

WORDS = ("sheriff", "spaceship", "ghost")


def made_up_films(films: int = 800, seed: int = 0, *, unknown: float = 0.1) -> TrainingData:
    """Three terms; texts name a term two times in three, vectors lean towards it; one film in five lacks a plot."""
    random = np.random.default_rng(seed)
    yes = random.random((films, 3)) < 0.35
    says = yes & (random.random((films, 3)) < 0.67)
    has_text, has_image = random.random(films) < 0.8, random.random(films) < 0.7
    has_image |= ~has_text
    labels = np.where(random.random((films, 3)) < unknown, -1, yes).astype(np.int8)
    return TrainingData(
        texts=[_plot(row, random) if has else "" for row, has in zip(says, has_text, strict=True)],
        text_vectors=_vectors(yes, 8, 1.0, random) * has_text[:, None],
        has_text=has_text,
        image_vectors=_vectors(yes, 6, 0.6, random) * has_image[:, None],
        has_image=has_image,
        years=[int(year) if year % 7 else None for year in random.integers(1920, 2020, films)],
        languages=[("en", "ko", "")[i] for i in random.integers(0, 3, films)],
        posters=[None] * films,
        labels=labels,
        splits=np.array([("train", "train", "validation", "test")[i % 4] for i in range(films)]),
        terms=["western", "sci-fi", "horror"],
    )


def _plot(says: np.ndarray, random: np.random.Generator) -> str:
    filler = random.choice(["night", "town", "love", "river", "letter"], 6)
    return " ".join([word for word, said in zip(WORDS, says, strict=True) if said] + list(filler))


def _vectors(yes: np.ndarray, dimension: int, signal: float, random: np.random.Generator) -> np.ndarray:
    directions = np.random.default_rng(7).normal(size=(3, dimension))
    return (signal * yes @ directions + random.normal(size=(len(yes), dimension))).astype(np.float32)
