"""The starter encoder and its training, on a tiny net and posters drawn here."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from training import starter_data as data
from training import starter_training as training
from training.architectures import starter
from training.splits import split_of

TINY = starter.StarterConfig(size=(32, 48), widths=(4, 8), depths=(1, 2))


def film(key: str, **changes: object) -> data.Film:
    values = {
        "key": key,
        "split": split_of(key),
        "genres": frozenset({"Drama"}),
        "genres_complete": True,
        "plot": "",
        "year": 2000,
        "language": "en",
        "tags": frozenset(),
    }
    return data.Film(**(values | changes))  # type: ignore[arg-type]


def red_or_blue(count: int) -> tuple[np.ndarray, data.Targets]:
    """Red posters are horror, blue ones comedy; nothing else is known of them."""
    posters = np.random.default_rng(0).integers(0, 60, (count, 60, 40, 3)).astype(np.uint8)
    posters[::2, :, :, 0] += 180
    posters[1::2, :, :, 2] += 180
    films = [
        film(f"tt{i}", genres=frozenset({("Comedy" if i % 2 else "Horror")}), year=None, language="")
        for i in range(count)
    ]
    plots = np.eye(count, 384, dtype=np.float32)
    return posters, data.targets_of(films, plots, ["Horror", "Comedy"], ["dark"])


def test_vectors_and_map_have_the_promised_shapes() -> None:
    encoder = starter.StarterEncoder(starter.StarterConfig()).eval()
    pixels = torch.zeros(2, 3, 144, 96)
    assert encoder.config.dimension == 256
    assert encoder(pixels).shape == (2, 256)
    assert encoder.feature_map(pixels).shape == (2, 256, 5, 3)


def test_vector_is_the_mean_of_the_map() -> None:
    encoder = starter.StarterEncoder(TINY).eval()
    pixels = torch.randn(2, 3, 48, 32)
    torch.testing.assert_close(encoder(pixels), encoder.feature_map(pixels).mean((2, 3)))


def test_save_and_load_give_the_same_vectors(tmp_path: Path) -> None:
    encoder = starter.StarterEncoder(TINY)
    encoder(torch.randn(8, 3, 48, 32))  # moves the running means of the batch norms
    starter.save(encoder, tmp_path, {"seed": 7})
    loaded = starter.load(tmp_path)
    pixels = torch.randn(3, 3, 48, 32)
    assert loaded.config == TINY
    assert not loaded.training
    assert all(p.dtype == torch.float32 for p in loaded.parameters())
    torch.testing.assert_close(loaded(pixels), encoder.eval()(pixels), rtol=0.02, atol=0.02)
    assert json.loads((tmp_path / "config.json").read_text())["seed"] == 7


def test_load_refuses_weights_of_another_shape(tmp_path: Path) -> None:
    starter.save(starter.StarterEncoder(TINY), tmp_path, {})
    config = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps(config | {"depths": [1, 3]}))
    with pytest.raises(ValueError, match="does not fit"):
        starter.load(tmp_path)


def test_load_refuses_another_architecture(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"architecture": "vit"}')
    with pytest.raises(ValueError, match="'vit'"):
        starter.load(tmp_path)


def test_the_published_encoder_loads_and_tells_pictures_apart() -> None:
    encoder = starter.load(Path(starter.__file__).parents[1] / "starter" / "poster-encoder")
    width, height = encoder.config.size
    pixels = torch.stack([torch.zeros(3, height, width), torch.randn(3, height, width)])
    with torch.inference_mode():
        vectors = encoder(pixels)
    assert vectors.shape == (2, encoder.config.dimension)
    assert torch.isfinite(vectors).all()
    assert torch.nn.functional.cosine_similarity(vectors[0], vectors[1], dim=0) < 0.95


def test_training_learns_what_separates_two_kinds_of_poster() -> None:
    posters, targets = red_or_blue(64)
    split = np.array(["train"] * 32 + ["validation"] * 32)
    config = training.TrainingConfig(encoder=TINY, epochs=20, batch=8, average_over=0.05)
    history: list[dict[str, float]] = []
    encoder, figures = training.train(posters, targets, split, config, history.append)
    assert [row["epoch"] for row in history] == list(range(1, 21))
    assert history[-1]["genres loss"] < 0.5 * history[0]["genres loss"]
    assert figures["training"]["seed"] == 0
    small = np.stack([data.squeeze(poster, TINY.size) for poster in posters[32:]])
    with torch.inference_mode():
        vectors = encoder(training.normalise(torch.from_numpy(small), TINY))
    distance = torch.cdist(vectors, vectors).fill_diagonal_(torch.inf)
    assert (distance.argmin(1) % 2 == torch.arange(32) % 2).float().mean() > 0.9


def test_the_same_seed_gives_the_same_batches() -> None:
    posters, targets = red_or_blue(16)
    config = training.TrainingConfig(encoder=TINY, batch=8, seed=3)

    def first(epoch: int) -> torch.Tensor:
        return next(training.batches(posters, targets, np.arange(16), config, epoch))[0]

    assert torch.equal(first(0), first(0))
    assert not torch.equal(first(0), first(1))


def test_views_grow_to_the_encoder_size() -> None:
    config = training.TrainingConfig(encoder=TINY, epochs=10, small_until=0.6, small_share=0.75)
    sizes = [training.view_size(config, epoch) for epoch in range(10)]
    assert sizes == [(24, 36)] * 6 + [(32, 48)] * 4


def test_unknown_genres_do_not_move_the_loss() -> None:
    logits = torch.tensor([[2.0, -50.0]], requires_grad=True)
    known = torch.tensor([[1.0, 0.0]])
    bce = torch.nn.functional.binary_cross_entropy_with_logits(logits, torch.tensor([[1.0, 1.0]]), reduction="none")
    training.masked_mean(bce, known).backward()  # type: ignore[no-untyped-call]
    assert logits.grad is not None
    assert logits.grad[0, 0] != 0
    assert logits.grad[0, 1] == 0


def test_what_an_incomplete_source_leaves_out_is_unknown() -> None:
    films = [film("tt1", genres_complete=False), film("tt2")]
    targets = data.targets_of(films, np.zeros((2, 384), np.float32), ["Drama", "Sport"], [])
    assert targets.genres.tolist() == [[1, 0], [1, 0]]
    assert targets.genres_known.tolist() == [[1, 0], [1, 1]]


def test_contrast_is_low_where_posters_match_their_plots() -> None:
    plots = torch.eye(4, 384)
    scale = torch.tensor(3.0)
    assert training.contrastive(plots, plots, scale) < 0.01
    assert training.contrastive(plots.roll(1, 0), plots, scale) > 5


def test_contrast_leaves_films_without_a_plot_out() -> None:
    plots = torch.eye(4, 384)
    plots[3] = 0
    predicted = torch.randn(4, 384)
    expected = training.contrastive(predicted[:3], plots[:3], torch.tensor(1.0))
    torch.testing.assert_close(training.contrastive(predicted, plots, torch.tensor(1.0)), expected)


def test_one_cycle_rises_to_the_peak_and_falls_to_nothing() -> None:
    shares = [training.one_cycle(step, 100, 0.1) for step in range(101)]
    assert max(shares) == shares[9] == 1
    assert shares[0] == pytest.approx(0.1)
    assert shares[100] == pytest.approx(0)
    assert shares[9:] == sorted(shares[9:], reverse=True)


def test_views_have_the_net_size_and_differ() -> None:
    poster = np.random.default_rng(0).integers(0, 256, (60, 40, 3)).astype(np.uint8)
    random = np.random.default_rng(0)
    views = [data.augment(poster, (32, 48), random) for _ in range(20)]
    assert {view.shape for view in views} == {(48, 32, 3)}
    assert len({view.tobytes() for view in views}) == 20


def test_films_csv_is_read_with_posters_only(tmp_path: Path) -> None:
    rows = [
        {"imdb_id": "tt1", "genres": "Drama|War", "genres_source": "imdb_lm", "year": "1999"},
        {"imdb_id": "tt2", "genres": "Drama", "genres_source": "tmdb", "year": ""},
    ]
    rest = {"plot": "A plot.", "language": "ko", "mpst_tags": "dark"}
    with (tmp_path / "films.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0], *rest])
        writer.writeheader()
        writer.writerows(row | rest for row in rows)
    Image.new("RGB", (40, 60), "red").save(tmp_path / "tt1.jpg")
    (found,) = data.read_films(tmp_path / "films.csv", tmp_path, {"tt1": {"war zone"}})
    assert found.genres == {"Drama", "War"}
    assert found.genres_complete
    assert found.year == 1999
    assert found.tags == {"dark", "war zone"}
    assert data.read_posters([found], tmp_path, (8, 12)).shape == (1, 12, 8, 3)
