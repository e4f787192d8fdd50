"""`--json FILE` of commands: figures for other programs."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any


def add_json_argument(parser: ArgumentParser) -> None:
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here as JSON")


def write_json(path: Path | None, figures: dict[str, Any]) -> None:
    """Written aside and renamed: a reader finds the old file or the whole new one."""
    if path is None:
        return
    aside = path.with_name(f".{path.name}.part")
    aside.write_text(json.dumps(figures, indent=1, ensure_ascii=False, default=str) + "\n", encoding="utf-8")
    aside.replace(path)
