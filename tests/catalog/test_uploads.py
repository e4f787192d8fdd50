"""Files that come in through a page, archives above all."""

import io
import os
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from catalog.importers import uploads
from catalog.importers.rows import BadSource
from catalog.importers.uploads import receive_upload
from tests.pictures import picture


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


def archive(files: dict[str, bytes], **options: Any) -> SimpleUploadedFile:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content, **options)
    return SimpleUploadedFile("films.zip", buffer.getvalue())


def kept(data: Path) -> list[str]:
    return sorted(path.name for path in data.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("name", "expected"),
    [("films.csv", "films.csv"), ("../../etc/passwd", "passwd"), ("..", "upload"), ("a\0b;c.csv", "abc.csv")],
)
def test_a_file_is_kept_under_a_harmless_name(data: Path, name: str, expected: str) -> None:
    path = receive_upload(ContentFile(b"x,y\n"), name)
    assert (path.name, path.read_bytes()) == (expected, b"x,y\n")
    assert path.parent.parent == data / "imports"


def test_an_archive_with_one_folder_is_that_folder() -> None:
    folder = receive_upload(archive({"ml/movies.csv": b"a", "ml/links.csv": b"b", "ml/README.txt": b"c"}))
    assert (folder.name, sorted(path.name for path in folder.iterdir())) == ("ml", ["links.csv", "movies.csv"])


def test_an_archive_with_one_table_is_that_table() -> None:
    assert receive_upload(archive({"MovieGenre.csv": b"a"})).name == "MovieGenre.csv"


@pytest.mark.parametrize("names", [["tt1.jpg"], ["tt1.jpg", "tt2.png"]])
def test_an_archive_of_pictures_is_a_folder(names: list[str]) -> None:
    folder = receive_upload(archive(dict.fromkeys(names, picture())))
    assert sorted(path.name for path in folder.iterdir()) == names


@pytest.mark.parametrize("name", ["../x.csv", "/etc/x.csv", "a/../../x.csv", "..\\x.csv"])
def test_a_path_that_leads_out_is_refused(data: Path, name: str) -> None:
    upload = archive({"good.csv": b"a", name.replace("\\", "/"): b"b"})
    if "\\" in name:  # what zipfile itself would mend
        upload = SimpleUploadedFile("films.zip", upload.read().replace(b"../x.csv", b"..\\x.csv"))
    with pytest.raises(BadSource, match="unsafe path"):
        receive_upload(upload)
    assert kept(data) == []


def test_a_link_is_refused(data: Path) -> None:
    link = zipfile.ZipInfo("link.csv")
    link.external_attr = 0o120777 << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr(link, "/etc/passwd")
    with pytest.raises(BadSource, match="unsafe path"):
        receive_upload(SimpleUploadedFile("films.zip", buffer.getvalue()))
    assert kept(data) == []


def test_an_archive_that_says_it_is_too_large_is_refused(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "UNPACKED_MAX_BYTES", 1000)
    with pytest.raises(BadSource, match="would unpack to more than"):
        receive_upload(archive({"a.csv": b"0" * 600, "b.csv": b"0" * 600}))
    assert kept(data) == []


def test_an_archive_that_lies_about_its_size_is_stopped(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its directory says 10 bytes; what it unpacks to is counted."""
    monkeypatch.setattr(uploads, "UNPACKED_MAX_BYTES", 1000)
    raw = archive({"a.csv": b"0" * 5000}).read()
    lying = raw.replace((5000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lying != raw
    with pytest.raises(BadSource):
        receive_upload(SimpleUploadedFile("films.zip", lying))
    assert kept(data) == []


def test_too_many_files_are_refused(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "UNPACKED_MAX_FILES", 3)
    with pytest.raises(BadSource, match="too many files"):
        receive_upload(archive({f"{n}.csv": b"" for n in range(4)}))
    assert kept(data) == []


def test_a_damaged_archive_is_refused(data: Path) -> None:
    raw = archive({"a.csv": os.urandom(4000)}).read()
    broken = raw[:500] + bytes(500) + raw[1000:]
    with pytest.raises(BadSource, match="The archive is damaged"):
        receive_upload(SimpleUploadedFile("films.zip", broken))
    assert kept(data) == []


def test_the_same_name_twice_in_an_archive_is_refused(data: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed, pytest.warns(UserWarning, match="Duplicate"):
        packed.writestr("a.csv", "1")
        packed.writestr("a.csv", "2")
    with pytest.raises(BadSource):
        receive_upload(SimpleUploadedFile("films.zip", buffer.getvalue()))
    assert kept(data) == []


def test_a_file_that_is_too_large_is_not_read(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "UPLOAD_MAX_BYTES", 2**20)
    upload = SimpleUploadedFile("films.csv", b"x")
    upload.size = 2**20 + 1
    with pytest.raises(BadSource, match="larger than 1 MB"):
        receive_upload(upload)
    assert not (data / "imports").exists()


def test_a_full_disk_is_told(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("catalog.importers.uploads.shutil.copyfileobj", full)
    with pytest.raises(BadSource, match="The disk is full"):
        receive_upload(SimpleUploadedFile("films.csv", b"x"))
    assert not list((data / "imports").iterdir())


def test_old_uploads_are_forgotten_and_nothing_else(data: Path) -> None:
    old = receive_upload(SimpleUploadedFile("old.csv", b"x")).parent
    mine = data / "imports" / "mine"
    mine.mkdir()
    long_ago = time.time() - uploads.KEPT_SECONDS - 60
    for folder in (old, mine):
        os.utime(folder, (long_ago, long_ago))
    fresh = receive_upload(SimpleUploadedFile("new.csv", b"x"))
    assert fresh.exists() and mine.exists() and not old.exists()
