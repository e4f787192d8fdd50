"""Pairs of frames drawn by code: films whose genres differ by motion, colour and texture, or by motion alone."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from catalog.footage import motion
from catalog.models import Clip, Film, Frame, Label, Term
from catalog.models.clip import frame_path
from tests.factories import import_label, make_clip, make_film, make_term
from training.scenes.data import Pair, SceneInputs, ScenePairs

Picture = NDArray[np.uint8]
WIDTH, HEIGHT, MARGIN = 96, 54, 24


@dataclass(frozen=True)
class Look:
    """How a film looks: the colours between which its pictures lie, and how coarse its texture is."""

    dark: tuple[int, int, int]
    light: tuple[int, int, int]
    grain: int
    """pixels from one patch to the next"""


@dataclass(frozen=True)
class Moves:
    """How much a frame differs from the one before: shift in pixels, zoom as a factor, turn in degrees."""

    shift: float = 0.0
    zoom: float = 1.0
    turn: float = 0.0


FAST, STILL, ZOOM = Moves(shift=5.0), Moves(shift=0.2), Moves(shift=0.3, zoom=1.06)


def draw_pair(look: Look, moves: Moves, random: np.random.Generator) -> tuple[Picture, Picture]:
    """Two frames (54, 96, 3): a texture, and the same moved in a direction that is drawn."""
    wide, tall = WIDTH + 2 * MARGIN, HEIGHT + 2 * MARGIN
    patches = random.random((tall // look.grain + 2, wide // look.grain + 2)).astype(np.float32)
    grey = np.clip(cv2.resize(patches, (wide, tall), interpolation=cv2.INTER_CUBIC), 0, 1)[..., None]
    canvas = (np.array(look.dark) + grey * (np.array(look.light) - np.array(look.dark))).astype(np.float32)
    angle = random.uniform(0, 2 * np.pi)
    matrix = cv2.getRotationMatrix2D((wide / 2, tall / 2), moves.turn, moves.zoom)
    matrix[:, 2] += moves.shift * np.array([np.cos(angle), np.sin(angle)])
    moved = cv2.warpAffine(canvas, matrix, (wide, tall), borderMode=cv2.BORDER_REFLECT)
    return _cut(canvas), _cut(np.asarray(moved))


def _cut(canvas: NDArray[np.float32]) -> Picture:
    inner = canvas[MARGIN:-MARGIN, MARGIN:-MARGIN]
    return np.clip(np.rint(inner), 0, 255).astype(np.uint8)


def any_look(random: np.random.Generator) -> Look:
    """A look that says nothing of a genre."""
    dark, light = random.integers(0, 90, 3), random.integers(150, 256, 3)
    return Look((dark[0], dark[1], dark[2]), (light[0], light[1], light[2]), int(random.integers(6, 14)))


Drawer = Callable[[np.random.Generator], tuple[Look, Moves]]


def _near(look: Look, random: np.random.Generator) -> Look:
    """The look of one film of a genre: a little off."""
    dark, light = (np.clip(np.array(c) + random.integers(-18, 19, 3), 0, 255) for c in (look.dark, look.light))
    return Look((dark[0], dark[1], dark[2]), (light[0], light[1], light[2]), look.grain)


# Genres that differ in every way, and genres that differ by motion alone.
EVERY_WAY: dict[str, Drawer] = {
    "action": lambda random: (_near(Look((90, 30, 10), (250, 190, 90), 7), random), FAST),
    "horror": lambda random: (_near(Look((0, 0, 12), (70, 60, 95), 10), random), STILL),
    "animation-2d": lambda random: (_near(Look((20, 110, 60), (250, 250, 160), 18), random), ZOOM),
}
MOTION_ALONE: dict[str, Drawer] = {
    "action": lambda random: (any_look(random), FAST),
    "romance": lambda random: (any_look(random), STILL),
    "space-sf": lambda random: (any_look(random), ZOOM),
}
NOTHING: dict[str, Drawer] = {
    genre: lambda random: (any_look(random), Moves(shift=random.uniform(0, 5))) for genre in MOTION_ALONE
}


def save(picture: Picture, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path, "JPEG", quality=92)
    return path


def draw_films(
    folder: Path, genres: dict[str, Drawer], *, films: int, pairs: int, parts: Sequence[str], seed: int = 0
) -> ScenePairs:
    """So many films of each genre with so many pairs each, without a database; ``parts`` of the films of a genre."""
    random = np.random.default_rng(seed)
    drawn, film_of, genre_of, part_of = [], [], [], []
    for place, drawer in enumerate(genres.values()):
        for film in range(films):
            look, moves = drawer(random)
            for number in range(pairs):
                name = f"{place}-{film}-{number}"
                two = draw_pair(look, moves, random)
                first, second = (save(picture, folder / f"{name}-{i}.jpg") for i, picture in enumerate(two))
                drawn.append(Pair(first, second, moved(*two)))
                film_of.append(place * films + film)
                genre_of.append(place)
                part_of.append(parts[film])
    inputs = SceneInputs.of(len(genres) * films, drawn, np.array(film_of))
    names = [f"film-{film}" for film in film_of]
    return ScenePairs(inputs, names, np.array(genre_of), np.array(part_of), list(genres))


def moved(first: Picture, second: Picture) -> float:
    """As a part of the diagonal, as it is stored with a pair."""
    return motion.relative(motion.magnitude(motion.flow(first, second)), WIDTH, HEIGHT)


# In a database ----------------------------------------------------------------------------------------------


def make_scene_film(
    media: Path, genre: str, drawer: Drawer, *, pairs: int, random: np.random.Generator, **fields: object
) -> Film:
    """A film with a clip, pairs of frames that are stored under ``media``, and its scene genre as imported."""
    film = make_film(**fields)  # type: ignore[arg-type]
    import_label(film, make_term(genre, Term.Kind.SCENE), Label.Value.YES)
    look, moves = drawer(random)
    clip = make_clip(film)
    for number in range(pairs):
        make_pair(media, clip, float(number), draw_pair(look, moves, random))
    return film


def make_pair(media: Path, clip: Clip, seconds: float, pictures: tuple[Picture, Picture]) -> Frame:
    stored = []
    for picture in pictures:
        path = save(picture, media / "new.jpg")
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        (media / frame_path(sha256)).parent.mkdir(parents=True, exist_ok=True)
        stored.append(path.rename(media / frame_path(sha256)).stem)
    return Frame.objects.create(
        clip=clip, use=Frame.Use.PAIR, seconds=seconds, sha256=stored[0], next_sha256=stored[1],
        width=WIDTH, height=HEIGHT, motion=motion.magnitude(motion.flow(*pictures)),
    )  # fmt: skip


def make_catalogue(media: Path, genres: dict[str, Drawer], *, films: int, pairs: int, seed: int = 0) -> list[Film]:
    """So many films of each genre."""
    random = np.random.default_rng(seed)
    return [
        make_scene_film(media, genre, drawer, pairs=pairs, random=random, key=f"scene-{genre}-{number}")
        for genre, drawer in genres.items()
        for number in range(films)
    ]
