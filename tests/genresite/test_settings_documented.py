"""docs/settings.md lists every environment variable that is read, and no other."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.genresite.running import manage

ROOT = Path(__file__).resolve().parents[2]
READS = re.compile(r"""(?:env_[a-z]+\(|environ\.get\(|environ\[)\s*["']([A-Z][A-Z_]+)["']""")
SET_BY_US = {"DJANGO_SETTINGS_MODULE"} | {"RANK", "WORLD_SIZE"}  # the latter by what starts several processes


def read_variables() -> set[str]:
    files = [
        path for folder in ("genresite", "catalog", "training", "inference") for path in (ROOT / folder).rglob("*.py")
    ]
    return {name for path in files for name in READS.findall(path.read_text())} - SET_BY_US


def documented_variables() -> set[str]:
    return set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE))


def test_every_variable_that_is_read_is_documented() -> None:
    assert read_variables() - documented_variables() == set()


def test_every_documented_variable_is_read() -> None:
    assert documented_variables() - read_variables() == set()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PORT", "eight", "PORT='eight' is not a whole number."),
        ("PUBLIC", "perhaps", "PUBLIC='perhaps' is neither yes nor no: use 1 or 0."),
        ("SECRET_KEY", "short", "SECRET_KEY has 5 characters: use at least 50 random ones."),
    ],
)
def test_a_bad_value_ends_with_one_sentence_and_exit_code_2(name: str, value: str, sentence: str) -> None:
    variables: dict[str, Any] = {name: value}
    done = manage("check", **variables)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", sentence + "\n")
