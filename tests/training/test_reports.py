"""The table, the charts and the report of a comparison."""

import copy
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from tests.training.compared import GENRES, ROWS, made_up_comparison
from training import published
from training.comparison_charts import bar_charts, chosen_curves, genre_panels, genre_table, precision_recall
from training.comparison_differences import (
    Differences,
    difference_table,
    fusion_pairs,
    own_pairs,
    tables,
    verdicts,
)
from training.comparison_figures import COLUMNS, large, points, time
from training.comparison_table import done, published_table, table
from training.ledger import whole
from training.reports import context, render, write_report

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@pytest.fixture(scope="module")
def content() -> dict[str, Any]:
    return made_up_comparison(films=200, rounds=30)


def column(row: Any, name: str) -> Any:
    return row.cells[[column.name for column in COLUMNS].index(name)]


# The table --------------------------------------------------------------------------------------------------


def test_rows_stand_from_the_best_to_those_that_could_not_be_trained(content: dict[str, Any]) -> None:
    rows = table(content)
    assert [row.kind for row in rows] == ["model"] * len(ROWS) + ["baseline", "ceiling", "ceiling", "model"]
    assert rows[0].id == content["best"] == "heads" and "clip-vit" in rows[-1].reason
    decided = [row["figures"]["mean_f1"]["value"] for row in done(content)]
    assert decided == sorted(decided, reverse=True)


def test_a_cell_has_its_interval_and_its_spread(content: dict[str, Any]) -> None:
    cell = column(table(content)[0], "micro_f1")
    figure = done(content)[0]["figures"]["micro_f1"]
    assert (cell.value, cell.low, cell.high, cell.spread) == tuple(
        points(figure[part]) for part in ("value", "low", "high", "spread")
    )
    perfect = next(row for row in table(content) if row.id == "ceiling")
    assert column(perfect, "map").value == "100.0" and column(perfect, "map").low == ""


@pytest.mark.parametrize(("name", "least"), [("micro_f1", False), ("hamming_loss", True), ("coverage_error", True)])
def test_the_best_of_a_column_is_marked_also_where_less_is_better(
    content: dict[str, Any], name: str, least: bool
) -> None:
    values = {row["id"]: row["figures"][name]["value"] for row in done(content)}
    wanted = (min if least else max)(values.values())
    marked = {row.id for row in table(content) if row.cells and column(row, name).best}
    assert {row for row, value in values.items() if value == wanted} <= marked < set(values)


def test_cheap_and_quick_rows_are_not_called_best(content: dict[str, Any]) -> None:
    for row in table(content)[: len(ROWS)]:
        assert not any(column(row, name).best for name in ("train_seconds", "parameters", "films_per_second"))


def test_thresholds_seen_beforehand_bound_only_what_depends_on_them(content: dict[str, Any]) -> None:
    row = next(row for row in table(content) if row.id == "ceiling-cuts")
    assert column(row, "map").value == column(row, "top3_any").value == ""
    assert float(column(row, "macro_f1").value) >= float(column(table(content)[0], "macro_f1").value)


def test_published_figures_stand_beside_the_row_they_are_of(content: dict[str, Any]) -> None:
    beside = {row.id: [(str(f.name), f.value, f.system) for f in row.published] for row in table(content)}
    assert ("top-3 accuracy", "60.21", "A") in beside["resnet50"]
    assert ("macro F1", "46.96", "C") in beside["cross-attention"]
    assert beside["heads"] == []
    assert next(row for row in table(content) if row.id == "resnet50").systems == ("A", "C")


def test_rows_tell_what_they_were_computed_on_where_that_differs(content: dict[str, Any]) -> None:
    assert not any("CPU" in value for row in table(content) for _, value in row.notes)
    moved = copy.deepcopy(content)
    next(row for row in moved["rows"] if row["id"] == "vit-b16")["models"][0]["device"] = "a GPU"
    notes = {row.id: row.notes for row in table(moved)}
    assert ("on", "2 CPU cores") in notes["heads"] and ("on", "a GPU") in notes["vit-b16"]


def test_every_published_row_names_its_films_and_where_it_can_be_read() -> None:
    for row in published.TABLE:
        assert row.data in published.DATA and str(row.source) and row.figures
        assert all(0 <= value <= 1 for value in row.figures.values())
        assert "/" not in str(row.source)
    assert sum(len(rows) for _, rows in published_table()) == len(published.TABLE)


@pytest.mark.parametrize(
    ("value", "written"), [(None, "–"), (0.5, "0.5"), (1234, "1.23 k"), (25_557_032, "25.6 M"), (7e9, "7 G")]
)
def test_large_numbers_are_short(value: float | None, written: str) -> None:
    assert large(value) == written


@pytest.mark.parametrize(("seconds", "written"), [(None, "–"), (4.27, "4.27 s"), (600, "10 min"), (9000, "2.5 h")])
def test_times_are_as_people_say_them(seconds: float | None, written: str) -> None:
    assert time(seconds) == written


# Differences ------------------------------------------------------------------------------------------------


def test_differences_turn_round(content: dict[str, Any]) -> None:
    found = Differences(content)
    forth, back = found.of("heads", "bert", "map"), found.of("bert", "heads", "map")
    assert forth and back and back == pytest.approx((-forth[0], -forth[2], -forth[1]))
    assert found.of("heads", "nothing", "map") is None


def test_a_dot_is_filled_where_zero_is_outside_its_interval() -> None:
    rows: list[Any] = [
        ("a", "b", [(0.02, 0.01, 0.03)]),
        ("a", "c", [(0.01, -0.01, 0.03)]),
        ("a", "d", [(-0.1, -0.2, -0.05)]),
    ]
    found = difference_table("x", rows, ["map"])
    assert found
    cells = [row.cells[0] for row in found.rows]
    assert [cell.verdict for cell in cells] == ["above", "even", "below"]
    zero = float(found.zero)
    assert (
        float(cells[0].low) > zero and float(cells[1].low) < zero < float(cells[1].high) and float(cells[2].high) < zero
    )
    assert cells[2].value == "−10.0" and (found.low, found.high) == ("−20", "4")


def test_fusion_stands_against_the_best_of_each_modality(content: dict[str, Any]) -> None:
    pairs = fusion_pairs(content)
    assert {first for first, _ in pairs} == {"heads", "cross-attention", "gmu"}
    assert {second for _, second in pairs} == {"bert", "vit-b16"}
    assert own_pairs(content) == [("heads", "cross-attention")]
    titles = [str(found.title) for found in tables(content)]
    assert len(titles) == 4 and "minus itself" in titles[-1]


def test_verdicts_answer_what_was_asked(content: dict[str, Any]) -> None:
    sentences = [(verdict.holds, verdict.sentence) for verdict in verdicts(content)]
    assert sentences[0] == (None, sentences[0][1]) and sentences[0][1].startswith("heads is ahead")
    assert (True, "Every row is above the baseline in mAP, with its whole interval.") in sentences
    assert any(holds and "plots alone" in said and "heads" in said for holds, said in sentences)
    gain = next(said for _, said in sentences if "published architecture" in said)
    value, low, high = Differences(content).of("heads", "cross-attention", "mean_f1") or (0, 0, 0)
    assert f"{value * 100:+.1f} ({low * 100:+.1f} … {high * 100:+.1f})" in gain


def test_verdicts_also_say_no(content: dict[str, Any]) -> None:
    worse = copy.deepcopy(content)
    for pair in worse["differences"]:
        for figure in pair["figures"].values():
            figure["low"], figure["high"] = -0.5, 0.5
    found = verdicts(worse)
    assert [verdict.holds for verdict in found] == [None, False, False, None]
    assert "Not above the baseline" in found[1].sentence and "No fusion" in found[2].sentence


# Charts -----------------------------------------------------------------------------------------------------


def test_bars_are_in_proportion_and_within_their_range(content: dict[str, Any]) -> None:
    for chart in bar_charts(content):
        values = [float(bar.value) for bar in chart.bars]
        assert values == sorted(values, reverse=True) and len(values) == len(ROWS)
        for bar in chart.bars:
            assert float(bar.width) == pytest.approx(float(bar.value) / float(chart.top) * 100, abs=0.2)
            assert 0 <= float(bar.low) <= float(bar.width) <= float(bar.high) <= 100
        assert chart.ticks[0][0] == "baseline" and all(0 <= float(x) <= 100 for _, x in chart.ticks)


def test_genres_stand_from_the_commonest_with_heat_in_step_with_the_number(content: dict[str, Any]) -> None:
    found = genre_table(content, "f1", "F1")
    assert found and [row.films for row in found.rows] == sorted((row.films for row in found.rows), reverse=True)
    assert found.columns[0] == "heads" and len(found.rows) == len(GENRES)
    for row in found.rows:
        for text, level in row.cells:
            assert level == pytest.approx(float(text) / 10, abs=0.6)


def test_names_of_genres_are_in_the_readers_language(content: dict[str, Any]) -> None:
    with translation.override("ko"):
        found = genre_table(content, "f1", "F1")
        assert found and found.rows[0].name.endswith("장르")


def test_curves_lie_within_their_frame_and_are_told_apart_by_dashes(content: dict[str, Any]) -> None:
    panels, behind = precision_recall(content)
    assert len(panels) == len(behind) == len(ROWS) and panels[0].line.label == "heads"
    for points_ in [*behind, *(panel.line.points for panel in genre_panels(content))]:
        assert all(0 <= float(number) <= 100 for number in NUMBER.findall(points_))
    chosen = chosen_curves(content)
    assert len({line.style for line in chosen}) == len(chosen) == 4
    assert {"heads", "bert", "vit-b16"} <= {line.label for line in chosen}


# The report -------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """Tags that do not fit, and everything that would ask for another file."""

    EMPTY = frozenset({"meta", "br"})
    FOREIGN = frozenset({"script", "link", "iframe", "object", "embed", "img"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.asked: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.EMPTY:
            self.open.append(tag)
        found = {name: value or "" for name, value in attrs}
        self.ids += [found["id"]] if "id" in found else []
        if tag in ("script", "link", "iframe", "object", "embed", "img") or any(
            name.startswith("on") for name in found
        ):
            self.asked.append(tag)
        self.asked += [
            found[name] for name in ("src", "href", "xlink:href") if not found.get(name, "#").startswith("#")
        ]

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.EMPTY:
            assert self.open.pop() == tag


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_report_needs_no_other_file_and_no_script(content: dict[str, Any], language: str) -> None:
    with translation.override(language):
        html = render(content)
    page = Page()
    page.feed(html)
    assert page.asked == [] and page.open == [] and len(page.ids) == len(set(page.ids))
    assert "url(" not in html and "@import" not in html and "{{" not in html and "{%" not in html
    assert "light-dark(" in html and f'lang="{language}"' in html


def test_the_report_holds_every_row_figure_and_published_model(content: dict[str, Any]) -> None:
    html = render(content)
    for row in table(content):
        assert str(row.label) in html and all(cell.value in html for cell in row.cells)
    assert "60.21" in html and "MM-GATBT 2022" in html and "Not trained:" in html


def test_labels_are_never_code(content: dict[str, Any]) -> None:
    evil = copy.deepcopy(content)
    for row in evil["rows"]:
        row["label"] = row["reason"] = "<script>alert(1)</script>"
    assert "<script" not in render(evil)


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"rows": [None, {}, {"id": 3}, {"id": "a", "state": "done"}, {"id": "b", "state": "failed"}]},
        {"rows": [{"id": "a", "state": "done", "figures": {"micro_f1": 3}, "curve": {}, "terms": [], "models": [{}]}]},
        {"references": [{"id": "baseline"}], "differences": [None, {"first": "a"}], "curves": []},
        {"seeds": "many", "rows": 3, "dataset": [], "options": None},
        {"begun": "yesterday", "finished": None, "dataset": {"names": {"drama": []}}},
    ],
)
def test_what_is_missing_or_odd_is_left_out(odd: dict[str, Any]) -> None:
    assert "Architectures compared" in render(whole({"format": 1, **odd}))


def test_a_comparison_under_way_shows_the_rows_so_far(content: dict[str, Any]) -> None:
    begun = {**content, "finished": None, "differences": [], "references": [], "curves": [], "best": None}
    html = render(begun)
    assert "Not finished" in html and "cross-attention" in html and context(begun)["differences"]


def test_the_report_is_written_whole(content: dict[str, Any], tmp_path: Path) -> None:
    write_report(content, tmp_path / "new" / "report.html")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["report.html"]
