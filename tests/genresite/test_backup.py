"""`manage.py backup` and `manage.py restore`: what comes back is what was there, or nothing has changed."""

import io
import os
import signal
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from genresite import embedded
from genresite.backup import BackupError, contents, database, reading, upgrades, writing
from genresite.locks import hold
from tests.genresite import backed_up
from tests.genresite.backed_up import Members, adding, linking, look, refused, restore, rewritten, shell, with_manifest
from tests.genresite.running import family, manage, started, wait_for


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small site with everything that a backup has to keep."""
    data = tmp_path_factory.mktemp("original") / "var"
    shell(data, backed_up.MAKE)
    return data


@pytest.fixture(scope="module")
def known(original: Path) -> dict[str, Any]:
    return look(original)


@pytest.fixture(scope="module")
def saved(original: Path, known: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its backup."""
    file = tmp_path_factory.mktemp("saved") / "site.tar"
    done = manage("backup", str(file), GENRESITE_DATA=original)
    assert done.returncode == 0, done.stderr
    assert "3 films, 2 people" in done.stdout
    return file


@pytest.fixture
def site(original: Path, saved: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of the site, to be changed."""
    subprocess.run(["cp", "-a", str(original), str(tmp_path / "var")], check=True)
    yield tmp_path / "var"
    wait_for(lambda: not family(tmp_path / "var"))


def test_a_backup_is_restored_to_the_last_row_and_byte(saved: Path, known: dict[str, Any], tmp_path: Path) -> None:
    said = restore(saved, tmp_path / "fresh")
    assert "Restored what was saved on 20" in said
    assert look(tmp_path / "fresh") == known
    assert known["second_factor"] == "JBSWY3DPEHPK3PXP"
    assert known["rows"]["catalog_decision"] == 6
    assert len(known["files"]) > 10
    left = {path.name for path in (tmp_path / "fresh").iterdir()}
    assert left <= {"media", "models", "clips", "secret_key", "postgres", "log", "run"}


def test_the_database_keeps_its_rules_after_a_restore(saved: Path, tmp_path: Path) -> None:
    restore(saved, tmp_path / "fresh")
    assert shell(tmp_path / "fresh", backed_up.LABEL).splitlines()[:2] == [
        "logged 1",
        "catalog_decision is append-only",
    ]


def test_a_backup_is_for_its_owner_alone_and_names_everything(saved: Path) -> None:
    assert saved.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in saved.parent.iterdir()] == ["site.tar"]
    with tarfile.open(saved) as tar:
        names = tar.getnames()
    assert names[0] == "database.dump"
    assert names[-1] == "manifest.json"
    assert "clips/ab/" + "ab" * 32 in names


def test_clips_can_be_left_out_and_are_then_left_alone(site: Path, known: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "site.tar"
    assert manage("backup", str(file), "--without-clips", GENRESITE_DATA=site).returncode == 0
    with tarfile.open(file) as tar:
        assert not [name for name in tar.getnames() if name.startswith("clips")]
    assert "without clips" in restore(file, site, "--replace")
    assert look(site) == known


def test_what_is_just_being_written_is_left_out(site: Path, tmp_path: Path) -> None:
    (site / "media" / "posters" / ".half.jpg.17").write_bytes(b"half")
    (site / "clips" / "begun").mkdir()
    (site / "clips" / "begun" / "x.jsonl").write_text("{}")
    assert manage("backup", str(tmp_path / "site.tar"), GENRESITE_DATA=site).returncode == 0
    with tarfile.open(tmp_path / "site.tar") as tar:
        assert not [name for name in tar.getnames() if "half" in name or "begun" in name]


def test_a_file_that_vanishes_meanwhile_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "there").write_bytes(b"there")
    with tarfile.open(tmp_path / "x.tar", "w") as tar:
        written = writing.Contents(tar)
        written.add("media/gone", tmp_path / "gone", 0o644)
        written.add("media/there", tmp_path / "there", 0o644)
    assert set(written.files) == {"media/there"}


def test_a_folder_that_is_elsewhere_is_no_silent_gap(site: Path, tmp_path: Path) -> None:
    (site / "clips" / "ab").rename(tmp_path / "elsewhere")
    (site / "clips" / "ab").symlink_to(tmp_path / "elsewhere")
    assert f"{site / 'clips' / 'ab'} is a link to a folder" in refused(site, "backup", str(tmp_path / "site.tar"))
    assert not (tmp_path / "site.tar").exists()


def test_a_backup_overwrites_nothing(original: Path, tmp_path: Path) -> None:
    (tmp_path / "films.csv").write_text("months of work")
    assert "exists already" in refused(original, "backup", str(tmp_path / "films.csv"))
    assert (tmp_path / "films.csv").read_text() == "months of work"


@contextmanager
def hanging_backup(site: Path, target: Path) -> Iterator[subprocess.Popen[str]]:
    """A backup that is in the middle of the files: one of them is a pipe into which nobody writes."""
    os.mkfifo(site / "clips" / "pipe")
    with started("manage.py", "backup", str(target), GENRESITE_DATA=site) as process:
        wait_for(lambda: any(target.parent.glob(".*.part")) and not any(target.parent.glob(".*.dump")))
        wait_for(lambda: next(target.parent.glob(".*.part")).stat().st_size > 10_000)
        yield process
    (site / "clips" / "pipe").unlink()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_backup_leaves_nothing(site: Path, tmp_path: Path, number: signal.Signals) -> None:
    target = tmp_path / "to" / "site.tar"
    target.parent.mkdir()
    with hanging_backup(site, target) as process:
        process.send_signal(number)
        assert process.wait(20) == 2
        said = process.stdout.read() if process.stdout else ""
    assert said == f"CommandError: Interrupted: {target} was not written.\n"
    assert list(target.parent.iterdir()) == []


def test_a_killed_backup_is_in_nobodys_way(site: Path, tmp_path: Path) -> None:
    target = tmp_path / "to" / "site.tar"
    target.parent.mkdir()
    with hanging_backup(site, target) as process:
        process.kill()
    assert not target.exists()
    assert manage("backup", str(target), GENRESITE_DATA=site).returncode == 0
    assert list(target.parent.iterdir()) == [target]
    reading_of = manage("restore", str(target), GENRESITE_DATA=site)
    assert "not empty" in reading_of.stderr  # and whole: it is verified first


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    folder.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("this root may not mount")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.parametrize("size", ["16k", "300k"])  # too small for the dump, and for the files
def test_a_backup_to_a_full_disk_leaves_nothing(original: Path, tmp_path: Path, size: str) -> None:
    with small_disk(tmp_path / "small", size) as small:
        said = refused(original, "backup", str(small / "site.tar"))
        assert said == f"CommandError: The disk of {small} is full: free some space and try again.\n"
        assert list(small.iterdir()) == []


def test_a_restore_to_a_full_disk_changes_nothing(site: Path, saved: Path, known: dict[str, Any]) -> None:
    with small_disk(site.parent / "small", "64k") as small:
        said = refused(site, "restore", str(saved), "--replace", CLIPS_DIR=small)
        assert "is full" in said
        assert list(small.iterdir()) == []
    assert look(site) == known


def corrupt(place: float) -> Callable[[bytes], bytes]:
    def changed(whole: bytes) -> bytes:
        at = int(len(whole) * place)
        return whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]

    return changed


DAMAGES: list[Callable[[bytes], bytes]] = [
    corrupt(0.01), corrupt(0.5), lambda whole: whole[: len(whole) // 2], lambda whole: whole[:1000],
    lambda whole: whole[:-20_000], lambda whole: b"PGDMP" + whole[5:], lambda whole: b"", lambda whole: b"films",
]  # fmt: skip


def test_a_damaged_file_leaves_the_site_as_it_was(
    site: Path, saved: Path, known: dict[str, Any], tmp_path: Path
) -> None:
    whole, before = saved.read_bytes(), sorted(path.name for path in site.iterdir())
    for damage in DAMAGES:
        (tmp_path / "bad.tar").write_bytes(damage(whole))
        said = refused(site, "restore", str(tmp_path / "bad.tar"), "--replace")
        assert "damaged" in said or "cannot be read" in said
    assert look(site) == known
    assert sorted(path.name for path in site.iterdir()) == before


def twice(members: Members) -> None:
    members["./secret_key"] = b"x"


FORGED: dict[str, tuple[Callable[[Members], object], str]] = {
    "a way out": (adding("media/../../../tmp/evil"), "does not belong"),
    "a way out by another root": (adding("../evil"), "does not belong"),
    "an absolute path": (adding("/tmp/evil"), "does not belong"),
    "another folder": (adding("postgres/PG_VERSION"), "does not belong"),
    "a hidden file": (adding("media/.evil"), "does not belong"),
    "the same by another name": (twice, "does not belong"),
    "an empty part": (adding("media//evil"), "does not belong"),
    "a symbolic link": (linking(tarfile.SYMTYPE, "/etc/passwd"), "does not belong"),
    "a hard link": (linking(tarfile.LNKTYPE, "secret_key"), "does not belong"),
    "a device": (linking(tarfile.CHRTYPE, ""), "does not belong"),
    "a pipe": (linking(tarfile.FIFOTYPE, ""), "does not belong"),
    "a folder": (linking(tarfile.DIRTYPE, ""), "does not belong"),
    "a file that is not in the manifest": (lambda m: m.update({"media/x": b"x"}), "'media/x' is not as it was written"),
    "a file that is missing": (lambda m: m.pop("secret_key"), "'secret_key' is not as it was written"),
    "another content": (lambda m: m.update({"secret_key": b"x" * 86}), "'secret_key' is not as it was written"),
    "no manifest": (lambda m: m.pop("manifest.json"), "no manifest"),
    "a manifest of nothing": (lambda m: m.update({"manifest.json": b"{}"}), "no manifest"),
    "a list": (lambda m: m.update({"manifest.json": b"[1]"}), "no manifest"),
    "a manifest without rows": (with_manifest(lambda content: content.pop("rows")), "manifest is damaged"),
    "a newer format": (with_manifest(lambda content: content.update(format=2)), "use a newer genresite"),
    "no dump": (adding("database.dump", b"PGDMP and nothing"), "cannot be read"),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("forgery", FORGED)
def test_a_forged_file_is_refused_before_anything_is_touched(saved: Path, tmp_path: Path, forgery: str) -> None:
    change, sentence = FORGED[forgery]
    with pytest.raises(BackupError, match=sentence):
        reading.verify(rewritten(saved, tmp_path / "forged.tar", change))


@pytest.mark.django_db
def test_a_rewritten_file_is_taken_when_nothing_is_wrong(saved: Path, tmp_path: Path) -> None:
    """Or the tests above would prove nothing."""
    assert reading.verify(rewritten(saved, tmp_path / "same.tar", lambda members: None)) == reading.verify(saved)


@pytest.mark.django_db
def test_what_is_twice_in_it_is_refused(saved: Path, tmp_path: Path) -> None:
    (tmp_path / "twice.tar").write_bytes(saved.read_bytes())
    with tarfile.open(tmp_path / "twice.tar", "a") as tar:
        member = tarfile.TarInfo("secret_key")
        member.size = 3
        tar.addfile(member, io.BytesIO(b"key"))
    with pytest.raises(BackupError, match="'secret_key' is in it twice"):
        reading.verify(tmp_path / "twice.tar")


@pytest.mark.django_db
def test_a_file_that_changes_after_it_was_verified_is_not_extracted(saved: Path, tmp_path: Path) -> None:
    manifest = reading.verify(saved)
    forged = rewritten(saved, tmp_path / "forged.tar", lambda members: members.update({"secret_key": b"x" * 86}))
    with pytest.raises(BackupError, match="not what the backup said"):
        reading.extract(forged, manifest, lambda name: tmp_path / "out" / name)


@pytest.mark.django_db
def test_every_byte_that_is_written_counts(saved: Path, tmp_path: Path) -> None:
    """One bit changed anywhere in what a member holds is found: a sample over the whole file."""
    with tarfile.open(saved) as tar:
        places = [member.offset_data + member.size // 2 for member in tar]
    whole = saved.read_bytes()
    for place in places:
        (tmp_path / "bad.tar").write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(BackupError):
            reading.verify(tmp_path / "bad.tar")


def test_a_backup_of_newer_code_is_refused(saved: Path, tmp_path: Path) -> None:
    newer = with_manifest(lambda content: content["migrations"].append(["catalog", "9999_later"]))
    said = refused(tmp_path / "fresh", "restore", str(rewritten(saved, tmp_path / "newer.tar", newer)))
    assert "of a newer genresite than this one (it has catalog.9999_later): use the newer code" in said
    assert not (tmp_path / "fresh" / "media").exists()


def test_other_rows_than_the_manifest_says_change_nothing(
    site: Path, saved: Path, known: dict[str, Any], tmp_path: Path
) -> None:
    fewer = with_manifest(lambda content: content["rows"].update(catalog_film=4))
    said = refused(site, "restore", str(rewritten(saved, tmp_path / "rows.tar", fewer)), "--replace")
    assert "The table catalog_film has other rows" in said
    assert look(site) == known


def test_a_site_that_is_not_empty_is_replaced_only_on_request(
    site: Path, saved: Path, known: dict[str, Any], tmp_path: Path
) -> None:
    assert manage("forget_user", "carla", GENRESITE_DATA=site).returncode == 0
    shell(site, backed_up.ADD)
    (site / "media" / "posters" / "since.jpg").write_bytes(b"since")
    now = look(site)
    assert "not empty" in refused(site, "restore", str(saved))
    assert look(site) == now

    restore(saved, site, "--replace")
    restored = look(site)
    assert restored["files"] == known["files"]
    assert restored["rows"]["catalog_film"] == 3
    # Who was forgotten since the backup does not come back with it.
    assert restored["names"] == [name if name != "carla" else now["names"][1] for name in known["names"]]
    assert now["names"][1].startswith("deleted-user-")

    safety = next((site / "backups").glob("before-restore-*.tar"))
    restore(safety, tmp_path / "again")
    assert look(tmp_path / "again") == now


def test_a_running_site_is_not_restored(site: Path, saved: Path, known: dict[str, Any]) -> None:
    held = hold(site / "run" / "site.lock", "http://films.example.org, process 7")
    try:
        assert "A site runs on" in (said := refused(site, "restore", str(saved), "--replace"))
        assert "http://films.example.org, process 7" in said
    finally:
        os.close(held)
    assert look(site) == known


def test_a_database_in_use_is_not_replaced(site: Path, saved: Path) -> None:
    hold_database = "import sys, time\nfrom pathlib import Path\nfrom genresite import embedded\n"
    hold_database += "print(embedded.start_database(Path(sys.argv[1])), flush=True)\ntime.sleep(60)"
    with started("-c", hold_database, str(site)) as process:
        assert process.stdout is not None
        with closing(psycopg.connect(process.stdout.readline().strip())):
            assert "in use (1 connections" in refused(site, "restore", str(saved), "--replace")


DIE = """
import os, sys
from pathlib import Path
from genresite.backup import database, restoring
switch = database.switch
def die():
    {first}
    os._exit(9)
database.switch = die
restoring.restore(Path({file!r}), replace=True, say=print)
"""


def killed_restore(site: Path, saved: Path, first: str) -> None:
    done = manage("shell", "-v0", "-c", DIE.format(file=str(saved), first=first), GENRESITE_DATA=site)
    assert done.returncode == 9, done.stderr
    wait_for(lambda: not family(site))


def test_a_restore_that_is_killed_is_put_back(site: Path, saved: Path, tmp_path: Path) -> None:
    shell(site, backed_up.ADD)
    (site / "media" / "posters" / "since.jpg").write_bytes(b"since")
    before = look(site)
    killed_restore(site, saved, "pass")
    assert not (site / "media" / "posters" / "since.jpg").exists()  # it was killed half-way indeed
    assert "A restore was interrupted" in refused(site, "prepare")
    assert "was interrupted" in refused(site, "backup", str(tmp_path / "x.tar"))
    assert "not empty" in refused(site, "restore", str(saved))
    assert look(site) == before
    assert not list(site.rglob(".re*"))


def test_a_restore_that_is_killed_when_all_is_done_is_done(site: Path, saved: Path, known: dict[str, Any]) -> None:
    shell(site, backed_up.ADD)
    (site / "media" / "posters" / "since.jpg").write_bytes(b"since")
    killed_restore(site, saved, "switch()")
    assert "not empty" in refused(site, "restore", str(saved))
    assert look(site) == known
    assert not list(site.rglob(".re*"))


STOP = """
import os, signal
from django.core.management import call_command
from genresite.backup import database
database.load = lambda *given: os.kill(os.getpid(), signal.SIGTERM)
call_command("restore", {file!r}, replace=True)
"""


def test_a_restore_that_is_interrupted_has_changed_nothing(site: Path, saved: Path, known: dict[str, Any]) -> None:
    said = refused(site, "shell", "-v0", "-c", STOP.format(file=str(saved)))
    assert said == "CommandError: Interrupted: the site is as it was.\n"
    assert look(site) == known
    assert not list(site.rglob(".re*"))


def test_the_only_admin_is_not_forgotten_again(site: Path, saved: Path) -> None:
    shell(site, "from tests import factories; from catalog.models import User; factories.make_user('bo', role='admin')")
    assert manage("forget_user", "ada", GENRESITE_DATA=site).returncode == 0
    assert "run `manage.py forget_user ada` again" in restore(saved, site, "--replace")
    assert "ada" in look(site)["names"]


def test_another_key_in_the_environment_is_said(saved: Path, tmp_path: Path) -> None:
    said = restore(saved, tmp_path / "fresh", SECRET_KEY="k" * 60)
    assert f"second factors need the one in {tmp_path / 'fresh' / 'secret_key'}" in said


def test_tables_are_dumped_before_they_change_and_come_back(site: Path, known: dict[str, Any]) -> None:
    assert manage("migrate", "inference", "0005", "-v0", GENRESITE_DATA=site).returncode == 0
    assert manage("prepare", GENRESITE_DATA=site).returncode == 0
    dump = next((site / "backups").glob("before-*-inference.0006_links.dump"))
    assert manage("prepare", GENRESITE_DATA=site).returncode == 0
    assert list((site / "backups").iterdir()) == [dump]  # nothing to migrate, nothing to dump

    shell(site, backed_up.ADD)
    files = backed_up.hashes(site)
    assert "files and the key are as they were" in restore(dump, site, "--replace")
    assert {name: count for name, count in look(site)["rows"].items() if count != known["rows"][name]} == {}
    assert backed_up.hashes(site) == files


def test_older_code_does_not_start_on_newer_data(site: Path) -> None:
    later = "from django.db.migrations.recorder import MigrationRecorder as R; from django.db import connection; "
    shell(site, later + "R(connection).record_applied('catalog', '9999_later')")
    said = refused(site, "prepare")
    assert said.startswith("CommandError: The database is of a newer genresite than this one")
    assert not (site / "backups").exists()


@pytest.mark.django_db
def test_only_the_last_dumps_are_kept(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    names = [f"before-2026010{day}-000000-catalog.0009_x.dump" for day in range(1, 6)]
    (contents.backups() / "before-restore-20260101-000000.tar").touch()
    for name in names:
        upgrades._dump(name)
    assert sorted(path.name for path in (tmp_path / "backups").iterdir()) == [
        *names[-3:],
        "before-restore-20260101-000000.tar",
    ]


@pytest.mark.django_db
def test_a_client_that_is_too_old_is_passed_over_and_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    old = tmp_path / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.1'\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(embedded, "is_used", lambda data: False)
    assert database.tool("pg_dump") != str(old)
    monkeypatch.setattr(database, "_shipped", lambda: str(tmp_path / "none"))
    with pytest.raises(BackupError, match="the newest pg_dump here is of version 9: install"):
        database.tool("pg_dump")
    old.unlink()
    with pytest.raises(BackupError, match="there is no pg_dump here: install"):
        database.tool("pg_dump")


def test_it_says_what_is_wrong_with_the_path(original: Path, tmp_path: Path) -> None:
    assert f"There is no folder {tmp_path / 'no'}" in refused(original, "backup", str(tmp_path / "no" / "site.tar"))
    assert "No such file" in refused(original, "restore", str(tmp_path / "none.tar"))
    assert "Is a directory" in refused(original, "restore", str(tmp_path))
