"""A comparison as a page: everything its templates show, and the same as one file that needs no other."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from training import charts, published
from training.comparison_charts import (
    bar_charts,
    best_id,
    chosen_curves,
    genre_panels,
    genre_table,
    precision_recall,
)
from training.comparison_differences import tables, verdicts
from training.comparison_figures import COLUMNS, GROUPS
from training.comparison_table import done, published_table, table

_STYLES = ("tokens.css", "layout.css", "components.css", "comparison.css")
_FILES = re.compile(r"^\s*[\w-]+:\s*url\([^)]*\)[^;]*;\n", re.MULTILINE)  # one declaration that asks for a file


def context(content: dict[str, Any]) -> dict[str, Any]:
    """What templates/training/_compared.html shows of a comparison (see training/comparing.py)."""
    panels, behind = precision_recall(content)
    return {
        "content": content,
        "dataset": content["dataset"],
        "begun": begun(content),
        "groups": GROUPS,
        "columns": len(COLUMNS) + 1,
        "rows": table(content),
        "best": best_id(content),
        "verdicts": verdicts(content),
        "bars": bar_charts(content),
        "differences": tables(content),
        "genres": [
            found
            for name, label in (("f1", _("F1")), ("accuracy", _("Accuracy")))
            if (found := genre_table(content, name, label))
        ],
        "chosen": chosen_curves(content),
        "panels": panels,
        "behind": behind,
        "genre_panels": genre_panels(content),
        "training": training_curves(content),
        "published": published_table(),
        "systems": published.SYSTEM_NAMES.items(),
        "options": [(name.replace("_", "-"), value) for name, value in content["options"].items()],
    }


def begun(content: dict[str, Any]) -> datetime | None:
    """When it was begun; None where that is not known."""
    try:
        return parse_datetime(content["begun"])
    except ValueError:
        return None


def training_curves(content: dict[str, Any]) -> list[tuple[str, list[charts.LineChart]]]:
    """The curves of each row's first model, the best row first; rows without curves are left out."""
    found = []
    for row in done(content):
        models = row.get("models") or [{}]
        drawn = charts.curve_charts(models[0].get("curves") or [])
        if drawn:
            found.append((str(row.get("label")), drawn))
    return found


def render(content: dict[str, Any]) -> str:
    """The report as one HTML file: no other file, no script; light or dark as the reader's device is."""
    return render_to_string("training/comparison_report.html", {**context(content), "style": style()})


def style() -> str:
    """The site's style sheets as far as the report uses them, without what would ask for a file."""
    folder = Path(settings.BASE_DIR) / "static" / "css"
    return "\n".join(_FILES.sub("", (folder / name).read_text(encoding="utf-8")) for name in _STYLES)


def write_report(content: dict[str, Any], path: Path) -> None:
    """Written aside and renamed: a reader finds the old report or the whole new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.part")
    aside.write_text(render(content), encoding="utf-8")
    aside.replace(path)
