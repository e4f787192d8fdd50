"""Which frames are taken: sections, random pairs, even distances, near-identical frames."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.footage.frames import (
    BadSections,
    BadWanted,
    Wanted,
    apportion,
    clock,
    draw_pairs,
    evenly,
    merged,
    moments_every,
    moments_spread,
    parse_sections,
    parse_size,
    sections_or_all,
    signature,
    thinned,
)
from tests.footage import texture

HOUR = 3600.0


@pytest.mark.parametrize(
    ("text", "sections"),
    [
        ("", []),
        ("00:01:00-00:02:30", [(60, 150)]),
        ("1:00-2:30", [(60, 150)]),
        ("60-150", [(60, 150)]),
        ("00:00:01.5-00:00:02.25", [(1.5, 2.25)]),
        ("00:05:00–00:06:00, 00:01:00 - 00:02:30", [(60, 150), (300, 360)]),
        ("0:10-0:20; 0:15-0:30\n0:30-0:40", [(10, 30), (30, 40)]),
        ("0:50:00-1:00:00", [(3000, 3600)]),
    ],
)
def test_sections_are_read(text: str, sections: list[tuple[float, float]]) -> None:
    assert parse_sections(text, HOUR) == sections


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("the beginning", "“the beginning” is not a section: write it as in 00:01:00-00:02:30."),
        ("00:01:00", "“00:01:00” is not a section: write it as in 00:01:00-00:02:30."),
        ("00:01:00-00:02:30-00:03:00", "“00:01:00-00:02:30-00:03:00” is not a section"),
        ("-5-10", "“-5-10” is not a section"),
        ("0:10-0:99", "In “0:10-0:99” minutes or seconds go beyond 59."),
        ("1:60:00-1:61:00", "minutes or seconds go beyond 59."),
        ("0:20-0:10", "The section 00:00:20-00:00:10 ends before it begins."),
        ("0:20-0:20", "ends before it begins."),
        ("0:20-1:00:02", "The section 00:00:20-01:00:02 is not within the clip, which is 01:00:00 long."),
        ("2:00:00-3:00:00", "is not within the clip"),
        ("0:01-0:02, 0:03", "“0:03” is not a section"),
    ],
)
def test_sections_that_cannot_be_are_refused(text: str, sentence: str) -> None:
    with pytest.raises(BadSections) as caught:
        parse_sections(text, HOUR)
    assert sentence in str(caught.value)


def test_a_section_may_end_at_the_second_that_is_displayed() -> None:
    assert parse_sections("0:50-0:53", 52.167) == [(50, 52.167)]
    with pytest.raises(BadSections):
        parse_sections("0:50-0:54", 52.167)


def test_a_clips_own_sections_hold_where_none_are_wanted() -> None:
    assert sections_or_all([], [[3, 4]], 10.0) == [(3, 4)]
    assert sections_or_all([(1, 2)], [[3, 4]], 10.0) == [(1, 2)]
    assert sections_or_all([], [], 10.0) == [(0, 10)]
    with pytest.raises(BadSections):
        sections_or_all([], [[3, 40]], 10.0)


def test_times_are_written_as_people_write_them() -> None:
    assert [clock(s) for s in (0, 61, 3723.5, 59.999, 0.25)] == [
        "00:00:00",
        "00:01:01",
        "01:02:03.5",
        "00:01:00",
        "00:00:00.25",
    ]


@pytest.mark.parametrize("text", ["640", "640x", "x360", "640x360x3", "six", "-640x360", "6.5x360"])
def test_a_size_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadWanted):
        parse_size(text)
    assert parse_size(" 640 × 360 ") == (640, 360)


@pytest.mark.parametrize(
    "wrong",
    [
        {"use": "poster"}, {"pairs": 0}, {"pairs": 10**6}, {"size": (640, 8)}, {"size": (10_000, 360)}, {"seed": -1},
        {"every": 5.0}, {"scenes": True}, {"use": "tagging", "every": 0.0}, {"use": "tagging", "every": float("nan")},
        {"use": "tagging", "every": 5.0, "scenes": True}, {"use": "tagging", "most": -3},
    ],
)  # fmt: skip
def test_what_cannot_be_wanted_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadWanted):
        Wanted(**wrong)  # type: ignore[arg-type]


# Pairs ---------------------------------------------------------------------------------------------------


def seconds(count: int, fps: float = 25.0) -> np.ndarray:
    return np.arange(count) / fps


def test_pairs_have_odd_numbers_and_a_next_frame() -> None:
    numbers = draw_pairs(seconds(100), [(0.0, 4.0)], seed=1).more(1000)
    assert numbers == list(range(1, 98, 2))  # 99 has no next frame


def test_the_same_seed_draws_the_same_pairs() -> None:
    def drawn(seed: int) -> list[int]:
        return draw_pairs(seconds(10_000), [(0.0, 400.0)], seed).more(50)

    assert drawn(7) == drawn(7) == sorted(drawn(7))
    assert len({tuple(drawn(seed)) for seed in range(20)}) == 20


def test_no_pair_is_drawn_twice() -> None:
    draw = draw_pairs(seconds(200), [(0.0, 8.0)], seed=0)
    batches = [draw.more(30) for _batch in range(4)]
    assert [len(batch) for batch in batches] == [30, 30, 30, 9]
    assert sorted(number for batch in batches for number in batch) == list(range(1, 198, 2))


def test_sections_are_honoured_to_the_frame() -> None:
    draw = draw_pairs(seconds(1000), [(1.0, 2.0), (3.0, 3.52)], seed=0)
    numbers = draw.more(1000)
    assert numbers == [*range(25, 50, 2), *range(75, 88, 2)]  # frames 25 to 49 and 75 to 87
    assert draw.straddling == {49, 87}  # the next frame, 50 or 88, is without


def test_pairs_that_straddle_two_sections_are_known() -> None:
    draw = draw_pairs(seconds(100), [(0.0, 1.0), (1.0, 2.0)], seed=0)
    assert draw.straddling == {49}  # 24 is even: no pair begins there
    assert draw_pairs(seconds(100), [(0.0, 1.04), (1.04, 2.0)], seed=0).straddling == {25, 49}


def test_sections_share_pairs_by_their_length() -> None:
    numbers = draw_pairs(seconds(10_000), [(0.0, 100.0), (200.0, 250.0)], seed=3).more(60)
    assert (sum(n < 2500 for n in numbers), sum(n >= 5000 for n in numbers)) == (40, 20)


def test_frames_at_odd_distances_are_counted_not_timed() -> None:
    times = np.cumsum([0.0, *([0.02, 0.1, 0.033] * 40)])
    for number in draw_pairs(times, [(1.0, 3.0)], seed=0).more(99):
        assert number % 2 == 1
        assert 1.0 <= times[number] < 3.0


@given(st.integers(0, 500), st.lists(st.tuples(st.floats(0.01, 100), st.integers(0, 50)), min_size=1, max_size=6))
def test_apportioning_gives_all_and_never_too_much(count: int, parts: list[tuple[float, int]]) -> None:
    weights, most = [weight for weight, _ in parts], [limit for _, limit in parts]
    shares = apportion(count, weights, most)
    assert sum(shares) == min(count, sum(most))
    assert all(0 <= share <= limit for share, limit in zip(shares, most, strict=True))


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 20)), max_size=8))
def test_merged_sections_are_apart_and_cover_the_same(starts: list[tuple[int, int]]) -> None:
    sections = [(float(start), float(start + length)) for start, length in starts]
    out = merged(sections)
    assert all(a[1] <= b[0] for a, b in pairwise(out))
    for moment in np.arange(0.5, 75):
        assert any(a <= moment < b for a, b in sections) == any(a <= moment < b for a, b in out)


# Frames for tagging --------------------------------------------------------------------------------------


def test_frames_every_so_often_are_in_the_middle_of_their_stretch() -> None:
    assert [m.time for m in moments_every([(0.0, 10.0)], 2.0)] == [1, 3, 5, 7, 9]
    assert [m.time for m in moments_every([(0.0, 1.0), (8.0, 12.0)], 2.0)] == [0.5, 9, 11]


@given(
    st.integers(1, 200),
    st.lists(st.floats(0.5, 50), min_size=1, max_size=4),
    st.sampled_from([0.0, 0.5, 0.25, -0.25]),
)
def test_even_distances_go_over_all_sections(count: int, lengths: list[float], shift: float) -> None:
    sections = [(100.0 * i, 100.0 * i + length) for i, length in enumerate(lengths)]
    moments = moments_spread(sections, count, shift)
    assert abs(len(moments) - count) <= (shift != 0)
    assert all(m.start <= m.time < m.end and (m.start, m.end) in sections for m in moments)
    assert [m.time for m in moments] == sorted({m.time for m in moments})


def test_even_places() -> None:
    assert evenly(5, 9) == [0, 1, 2, 3, 4]
    assert evenly(10, 3) == [1, 5, 8]
    assert len(evenly(1000, 64)) == 64


def test_near_identical_frames_are_thinned() -> None:
    scene, other = texture(1), texture(2)
    noise = np.random.default_rng(0).integers(-3, 4, scene.shape)
    grainy = np.clip(scene.astype(int) + noise, 0, 255).astype(np.uint8)
    seen = [signature(picture) for picture in (scene, grainy, scene, other, other, scene)]
    assert thinned(seen) == [0, 3, 5]  # a place that the film comes back to counts again


def test_the_same_shapes_in_other_colours_are_not_the_same() -> None:
    scene = texture(1)
    assert thinned([signature(scene), signature(scene[:, :, ::-1])]) == [0, 1]


def test_frames_of_one_colour_are_told_apart_by_it() -> None:
    black, grey = np.zeros((90, 160, 3), np.uint8), np.full((90, 160, 3), 90, np.uint8)
    assert thinned([signature(picture) for picture in (black, black, grey)]) == [0, 2]
