"""Clips from addresses: off by default, from listed hosts only, and never from within."""

import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from catalog import jobs
from catalog.footage import urls
from catalog.footage.fetch_child import is_public
from catalog.footage.reader import ROOT, BadClip
from catalog.models import Clip, Film, Job, User
from tests.footage import shots, video

pytestmark = pytest.mark.django_db
ADDRESS = "https://media.example.org/film/1"
# Stands in for yt-dlp: what it would do, without a network.
FAKE = """
class YoutubeDL:
    def __init__(self, options): self.options = options
    def __enter__(self): return self
    def __exit__(self, *_): pass
    def extract_info(self, url, download):
        if "broken" in url: raise RuntimeError("HTTP Error 404: Not Found.")
        if "inside" in url:
            import socket; socket.create_connection(("127.0.0.1", int(url.rsplit("/", 1)[1])), 5)
        return {"id": "one", "webpage_url": "https://elsewhere.net/" if "leads" in url else url}
    def process_ie_result(self, entry, download):
        import pathlib
        pathlib.Path("one.mp4").write_bytes(pathlib.Path(%r).read_bytes())
"""


@pytest.fixture
def allowed(settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings.FOOTAGE_URL_HOSTS = ["example.org"]
    clip, folder = tmp_path / "source.mp4", tmp_path / "modules"
    clip.write_bytes(video(shots(5)))
    folder.mkdir()
    (folder / "yt_dlp.py").write_text(FAKE % str(clip))
    monkeypatch.setattr(urls, "find_spec", lambda _name: object())
    monkeypatch.setattr(urls, "START", f"import sys; sys.path.insert(0, {str(folder)!r}); {urls.START}")


def refusal(film: Film, url: str) -> BadClip:
    with pytest.raises(BadClip) as caught:
        urls.add_from_address(film, url)
    assert not Clip.objects.exists()
    return caught.value


def test_it_is_off_by_default(film: Film) -> None:
    assert "FOOTAGE_URL_HOSTS is empty" in str(refusal(film, ADDRESS))


def test_without_the_extra_it_says_what_to_install(film: Film, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.FOOTAGE_URL_HOSTS = ["example.org"]
    monkeypatch.setattr(urls, "find_spec", lambda _name: None)
    assert "footage-urls" in str(refusal(film, ADDRESS))


@pytest.mark.usefixtures("allowed")
def test_a_video_of_a_listed_host_is_taken(film: Film, curator: User) -> None:
    clip = urls.add_from_address(film, ADDRESS, user=curator, licence="CC BY")
    assert (clip.name, clip.source, clip.licence, clip.added_by) == ("one.mp4", ADDRESS, "CC BY", curator)
    assert clip.file.is_file()
    assert not list((clip.file.parents[1] / "begun").iterdir())


@pytest.mark.usefixtures("allowed")
@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/1", "https://notexample.org/1", "https://example.org.evil.net/1", "http://127.0.0.1/1",
        "https://example.org@127.0.0.1/1", "https://user@example.org/1", "ftp://example.org/1", "file:///etc/hostname",
        "https://example.org:8443/1", "https://[::1]/1", "https://example.org:port/1", "https://", "//example.org/1",
        "https://media.example.org/leads/elsewhere",
    ],
)  # fmt: skip
def test_other_addresses_are_not_allowed(url: str, film: Film) -> None:
    error = refusal(film, url)
    assert (str(error), error.status) == ("This address is not allowed.", 422)


@pytest.mark.usefixtures("allowed")
def test_a_listed_host_that_leads_inside_is_refused(film: Film) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        port = server.getsockname()[1]
        assert str(refusal(film, f"https://media.example.org/inside/{port}")) == "This address is not allowed."
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.usefixtures("allowed")
def test_what_goes_wrong_there_is_told(film: Film) -> None:
    error = refusal(film, "https://example.org/broken")
    assert str(error) == "The video could not be fetched: HTTP Error 404: Not Found."


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True), ("2606:2800:220:1:248:1893:25c8:1946", True), ("127.0.0.1", False),
        ("10.1.2.3", False), ("172.16.0.1", False), ("192.168.1.1", False), ("169.254.169.254", False),
        ("100.64.0.1", False), ("0.0.0.0", False), ("224.0.0.1", False), ("::1", False), ("fe80::1%eth0", False),
        ("fd00::1", False), ("::ffff:127.0.0.1", False), ("2002:7f00:1::", False), ("localhost", False), ("", False),
    ],
)  # fmt: skip
def test_what_is_public(address: str, public: bool) -> None:
    assert is_public(address) == public


@pytest.mark.parametrize(
    "attempt",
    [
        "socket.create_connection(('127.0.0.1', PORT))", "socket.create_connection(('localhost', PORT))",
        "socket.socket().connect(('127.0.0.1', 80))", "socket.socket().connect_ex(('127.0.0.1', PORT))",
        "socket.socket().connect(('93.184.216.34', 25))", "socket.socket().bind(('', 0))",
        "socket.socket(socket.AF_UNIX).connect('/tmp/x')", "urllib.request.urlopen('http://127.0.0.1:PORT/')",
        "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', PORT))",
    ],
)  # fmt: skip
def test_the_process_cannot_connect_within(attempt: str) -> None:
    code = """
import json, socket, sys, urllib.request
sys.path.append(sys.argv[1])
from catalog.footage.fetch_child import guard_sockets
guard_sockets()
try:
    ATTEMPT
except OSError as error:
    print("private" in str(error))
"""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        text = code.replace("ATTEMPT", attempt).replace("PORT", str(server.getsockname()[1]))
        said = subprocess.run([sys.executable, "-I", "-c", text, str(ROOT)], capture_output=True, text=True, timeout=60)
        assert said.stdout == "True\n", said.stderr
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.usefixtures("allowed")
def test_as_a_job_and_by_the_command(film: Film, admin: User, tmp_path: Path) -> None:
    from catalog.tasks import fetch_clip_task

    job = jobs.start("catalog.fetch_clip", {"film": film.key, "url": ADDRESS}, user=admin)
    fetch_clip_task(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result["clip"]) == (Job.State.DONE, film.clips.get().pk), job.message

    figures = tmp_path / "figures.json"
    call_command("add_clip", film.key, ADDRESS, json=figures)
    assert json.loads(figures.read_text())["id"] == film.clips.get().pk
    with pytest.raises(CommandError, match="This address is not allowed"):
        call_command("add_clip", film.key, "http://127.0.0.1/x.mp4")


def test_only_admins_may_start_it(curator: User, admin: User) -> None:
    assert not jobs.may_start(curator, "catalog.fetch_clip")
    assert jobs.may_start(admin, "catalog.fetch_clip")
