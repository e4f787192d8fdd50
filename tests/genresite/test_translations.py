"""Every string that people see has a translation, and the compiled file that a fresh machine reads holds it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ["ko"]
SOURCES = ["catalog", "training", "inference", "genresite", "templates"]


def catalogue(language: str) -> Path:
    path = ROOT / "locale" / language / "LC_MESSAGES" / "django.po"
    assert path.exists(), "manage.py makemessages --locale ko --no-location"
    assert path.with_suffix(".mo").exists(), "manage.py compilemessages"
    return path


def texts(entries: polib.POFile | polib.MOFile) -> dict[tuple[str, str], object]:
    """Translation (or plural forms) by context and source text."""
    return {
        (entry.msgctxt or "", entry.msgid): entry.msgstr_plural or entry.msgstr
        for entry in entries
        if not entry.obsolete
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language: str) -> None:
    missing = [
        entry.msgid for entry in polib.pofile(str(catalogue(language))) if not entry.obsolete and not entry.translated()
    ]
    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_are_kept(language: str) -> None:
    wrong = []
    for entry in polib.pofile(str(catalogue(language))):
        for text in [entry.msgstr] if not entry.msgid_plural else entry.msgstr_plural.values():
            names = set(re.findall(r"%\(\w+\)s", entry.msgid_plural or entry.msgid))
            if not entry.obsolete and set(re.findall(r"%\(\w+\)s", text)) - names:
                wrong.append(entry.msgid)
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_file_is_up_to_date(language: str) -> None:
    compiled = polib.mofile(str(catalogue(language).with_suffix(".mo")))
    assert texts(compiled) == texts(polib.pofile(str(catalogue(language))))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_missing_from_the_file(language: str, tmp_path: Path) -> None:
    if not shutil.which("xgettext"):
        pytest.skip("gettext is not installed: texts that the file lacks cannot be looked for")
    for folder in SOURCES:
        shutil.copytree(
            ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "*.safetensors", "*.jpg")
        )
    fresh = tmp_path / "locale" / language / "LC_MESSAGES" / "django.po"
    fresh.parent.mkdir(parents=True)
    command = [sys.executable, "-m", "django", "makemessages", "--locale", language, "--no-location", "-v0"]
    subprocess.run(
        command, cwd=tmp_path, check=True, env={"PATH": "/usr/bin:/bin:/usr/local/bin", "PYTHONPATH": str(ROOT)}
    )
    found, kept = texts(polib.pofile(str(fresh))), texts(polib.pofile(str(catalogue(language))))
    assert sorted(found.keys() - kept.keys()) == []
    assert sorted(kept.keys() - found.keys()) == [], "texts that nothing uses any more"
