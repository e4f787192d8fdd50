"""Maps and scores in words and figures."""

import numpy as np
import pytest

from inference import explain


def planted(*ninths: tuple[int, int], size: tuple[int, int] = (72, 48)) -> np.ndarray:
    """A map with these ninths (row, column) filled."""
    heat = np.zeros(size, np.float32)
    for row, column in ninths:
        heat[row * size[0] // 3 : (row + 1) * size[0] // 3, column * size[1] // 3 : (column + 1) * size[1] // 3] = 1
    return heat


# Regions -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", range(9))
def test_each_region_has_its_name(place: int) -> None:
    assert explain.regions(planted(divmod(place, 3))) == [list(explain.REGIONS)[place]]


def test_names_are_where_they_should_be() -> None:
    assert explain.regions(planted((0, 0))) == ["upper-left"]
    assert explain.regions(planted((2, 1))) == ["bottom"]
    assert explain.regions(planted((1, 2))) == ["right"]


def test_the_strongest_region_comes_first_and_three_are_enough() -> None:
    heat = planted((0, 0)) + 3 * planted((1, 1)) + 2 * planted((2, 2))
    assert explain.regions(heat) == ["centre", "lower-right", "upper-left"]
    assert len(explain.regions(planted((0, 0), (0, 2), (2, 0), (2, 2)))) == 3


def test_faint_regions_are_not_named() -> None:
    assert explain.regions(planted((0, 1)) + 0.1) == ["top"]


def test_a_map_that_is_even_names_its_strongest_part() -> None:
    assert explain.regions(np.ones((9, 6), np.float32) + 0.01 * planted((1, 0), size=(9, 6))) == ["left"]


def test_a_blank_map_names_nothing() -> None:
    assert explain.regions(np.zeros((72, 48), np.float32)) == []


def test_maps_that_do_not_divide_by_three_have_regions_too() -> None:
    heat = np.zeros((8, 7), np.float32)
    heat[-1, -1] = 1
    assert explain.regions(heat) == ["lower-right"]


# Which modality decided ----------------------------------------------------------------------------------


def sigmoid(z: float) -> list[float]:
    return [1 / (1 + np.exp(-z))]


def test_what_adds_up_is_given_to_whom_it_belongs() -> None:
    """Log-odds -2 without either, plot + 3, poster - 1."""
    found = explain.contributions(sigmoid(0), sigmoid(-3), sigmoid(1), sigmoid(-2))
    assert found == pytest.approx(np.array([[3.0, -1.0]]))


def test_what_only_both_together_say_is_shared() -> None:
    found = explain.contributions(sigmoid(2), sigmoid(0), sigmoid(0), sigmoid(0))
    assert found == pytest.approx(np.array([[1.0, 1.0]]))


def test_together_they_are_the_whole_move() -> None:
    random = np.random.default_rng(0)
    both, poster, plot, nothing = random.uniform(0.01, 0.99, (4, 7))
    found = explain.contributions(both, poster, plot, nothing)
    assert found.shape == (7, 2)
    assert found.sum(1) == pytest.approx(np.log(both / (1 - both)) - np.log(nothing / (1 - nothing)))


def test_who_adds_nothing_gets_nothing() -> None:
    found = explain.contributions(sigmoid(2), sigmoid(-1), sigmoid(2), sigmoid(-1))  # the poster changes nothing
    assert found == pytest.approx(np.array([[3.0, 0.0]]))


# How good maps are ---------------------------------------------------------------------------------------


def test_likeness_is_the_mean_correlation_of_pairs() -> None:
    random = np.random.default_rng(0)
    maps = random.random((3, 12, 8)).astype(np.float32)
    pairs = [np.corrcoef(maps[a].ravel(), maps[b].ravel())[0, 1] for a, b in ((0, 1), (0, 2), (1, 2))]
    assert explain.likeness(maps) == pytest.approx(np.mean(pairs))
    assert explain.likeness(np.stack([maps[0], maps[0] * 0.5])) == pytest.approx(1)
    assert explain.likeness(np.stack([maps[0], 1 - maps[0]])) == pytest.approx(-1)


def test_one_map_or_a_blank_one_is_like_no_other() -> None:
    assert np.isnan(explain.likeness(np.ones((1, 4, 4), np.float32)))
    assert np.isnan(explain.likeness(np.stack([planted((0, 0)), np.zeros((72, 48), np.float32)])))


def test_the_strongest_cells_make_up_the_share() -> None:
    heat = np.random.default_rng(0).random((30, 20)).astype(np.float32) + 0.1
    hidden = explain.strongest(heat, 0.2)
    assert hidden.sum() == 120
    assert heat[hidden].min() > heat[~hidden].max()
    assert explain.strongest(planted((1, 1)), 0.2).sum() == 24 * 16  # no more than there is
    assert not explain.strongest(np.zeros((6, 6), np.float32)).any()


def test_elsewhere_is_a_region_of_that_size_and_shape() -> None:
    mask = np.zeros((6, 4), bool)
    mask[0, 0] = mask[0, 1] = mask[1, 1] = True
    shapes = set()
    for seed in range(40):
        moved = explain.elsewhere(mask, np.random.default_rng(seed))
        assert moved.sum() == 3
        shapes.add(moved.tobytes())
        images = [
            np.roll(np.roll(flipped, row, 0), column, 1)
            for flipped in mirrored(mask)
            for row in range(6)
            for column in range(4)
        ]
        assert any((moved == image).all() for image in images)
    assert len(shapes) > 20


def mirrored(mask: np.ndarray) -> list[np.ndarray]:
    return [mask, mask[::-1], mask[:, ::-1], mask[::-1, ::-1]]


def test_the_deletion_test_counts_what_falls() -> None:
    """Term 0 lives in the upper left, term 1 in the lower right; each falls by what is hidden of its place."""
    places = np.stack([planted((0, 0)), planted((2, 2))])

    def score(masks: np.ndarray) -> np.ndarray:
        return np.asarray(np.einsum("bhw,thw->bt", ~masks, places) / places[0].sum())

    right = explain.deletion(places, [0, 1], score, np.random.default_rng(0), draws=30)
    assert right.shown == pytest.approx([1, 1])
    assert right.other == pytest.approx([0, 0])
    assert 0.02 < right.random.mean() < 0.25  # a ninth of the poster hides a ninth of the place on average
    wrong = explain.deletion(places[::-1].copy(), [0, 1], score, np.random.default_rng(0))
    assert wrong.shown == pytest.approx([0, 0])
    assert wrong.other == pytest.approx([1, 1])


def test_a_single_genre_has_no_other() -> None:
    falls = explain.deletion(
        planted((0, 0))[None], [1], lambda masks: np.zeros((len(masks), 2)), np.random.default_rng(0)
    )
    assert np.isnan(falls.other).all()
    assert not falls.shown.any()
    assert not falls.random.any()


def test_the_interval_holds_the_mean() -> None:
    figures = np.random.default_rng(0).normal(0.3, 1, 400)
    found = explain.mean_interval(figures)
    half = 1.96 * figures.std() / 20
    assert found.value == pytest.approx(figures.mean())
    assert found.low == pytest.approx(found.value - half, abs=0.02)
    assert found.high == pytest.approx(found.value + half, abs=0.02)
    with pytest.raises(ValueError, match="at least one film"):
        explain.mean_interval([])
