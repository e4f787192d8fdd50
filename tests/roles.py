"""What the role × action matrix is checked with: every address, a small world behind it, and five people."""

import csv
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client, override_settings
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from catalog import labelling
from catalog.models import ApiToken, Job, Remark, SavedSearch, SecondAnswer, SecondReview, SourceName, Upload, User
from catalog.thesaurus import edits
from tests.factories import make_clip, make_film, make_term, make_user
from tests.signing_in import confirm
from tests.training.test_registry import make_folder
from training import registry
from training.models import Run

MATRIX = Path(__file__).with_name("matrix.csv")
ROLES = ("anonymous", "viewer", "curator", "admin", "disabled")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
REFUSALS = {302, 401, 403, 404, 405}
BOOKKEEPING = ("django_session", "genresite_cache")  # written by looking alone


@dataclass(frozen=True)
class Row:
    """What a method of an address answers to each role. `whose` says whose thing is asked for, where that matters."""

    url: str
    method: str
    whose: str
    body: str
    expected: dict[str, str]

    @property
    def id(self) -> str:
        return " ".join(filter(None, (self.method, self.url, self.whose)))

    @property
    def is_page(self) -> bool:
        """Opened with a session. All else is called with a token: the API, save the page that describes it."""
        return not self.url.startswith("api-") or self.url == "api-docs"


def rows() -> list[Row]:
    with MATRIX.open(newline="") as file:
        return [
            Row(row["url"], row["method"], row["whose"], row["body"], {role: row[role] for role in ROLES})
            for row in csv.DictReader(file)
        ]


def addresses() -> list[str]:
    """The name of every address in the URLconf, with its namespace; the pattern itself where it has no name.

    Django's admin has two without a name, which test_roles asks for by their paths.
    """
    return list(dict.fromkeys(_names(get_resolver(), "")))


def _names(resolver: URLResolver, namespace: str) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _names(pattern, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace)
        elif isinstance(pattern, URLPattern) and (pattern.name or not namespace):
            yield f"{namespace}{pattern.name}" if pattern.name else f"unnamed {namespace}{pattern.pattern}"


class World:
    """One of everything, and a person of each role, all of whom were signed in when one was disabled."""

    def __init__(self, folder: Path) -> None:
        self.data, self.models = folder, folder / "models"
        self._make_versions(folder)
        self.people = {role: make_user(role, role=User.Role(role)) for role in ("viewer", "curator", "admin")}
        self.people["disabled"] = make_user("disabled", role=User.Role.ADMIN)
        self.film = make_film("Nosferatu", imdb_id="tt0013442", plot="A count travels.")
        hidden = make_film("Hidden", key="hidden", published=False)
        self.clips = {"": make_clip(self.film), "unpublished": make_clip(hidden)}
        self.horror = make_term("horror")
        somebody = make_user("somebody", role=User.Role.CURATOR)
        self.changes = labelling.accept(self.film, self.horror, user=somebody, revision=1)
        self.flag = Remark.objects.create(film=self.film, user=somebody, kind=Remark.Kind.FLAG)
        self.answer = self._differing(somebody)
        self.term_change = edits.edit(self.horror, user=somebody, guideline_en="Meant to frighten.")
        self.name = SourceName.objects.create(kind="genre", name="Giallo", source="test")
        self.jobs = {whose: self._job(whose, Job.State.DONE) for whose in ("curator", "admin")}
        self.queued = {whose: self._job(whose, Job.State.QUEUED) for whose in ("curator", "admin")}
        self.checked = self._checked_import()
        self.uploads = {whose: self._upload(self.people[whose]) for whose in ("curator", "admin")}
        self.saved = {
            role: SavedSearch.objects.create(user=user, name="mine", query="genre=horror")
            for role, user in self.people.items()
        }
        self.tokens = {role: ApiToken.issue(user, "test") for role, user in self.people.items()}
        ApiToken.objects.update(last_used_at=timezone.now() + timedelta(days=1))  # not worth writing down, however late
        self.clients = {role: self._client(role) for role in ROLES}
        User.objects.filter(username="disabled").update(is_active=False)

    def _make_versions(self, folder: Path) -> None:
        """Three versions; the third is champion, the second was."""
        with override_settings(MODELS_DIR=self.models):
            run = Run.objects.create(task="genres")
            for number in range(3):
                made = make_folder(folder / str(number), prior=number / 10)
                version = registry.register(made, run=run if number == 0 else None)
                if number:
                    registry.promote(version, user=None)
        self.run = run

    def _differing(self, first_by: User) -> SecondAnswer:
        """Somebody said that the film is horror, somebody else who did not see that said no."""
        review = SecondReview.objects.create(
            film=self.film, first_by=first_by, second_by=self.people["admin"], finished_at=timezone.now()
        )
        return SecondAnswer.objects.create(review=review, term=self.horror, first="yes", second="no")

    def _job(self, whose: str, state: Job.State) -> Job:
        return Job.objects.create(
            task="catalog.export_labels", state=state, created_by=self.people[whose], params={}, queue="cpu"
        )

    def _upload(self, user: User) -> Upload:
        """A file of ten bytes, of which none has come."""
        upload = Upload.objects.create(film=self.film, user=user, name="clip.mp4", size=10)
        self._empty_file(upload)
        return upload

    def _empty_file(self, upload: Upload) -> None:
        (self.data / "uploads").mkdir(exist_ok=True)
        (self.data / "uploads" / str(upload.pk)).write_bytes(b"")

    def _checked_import(self) -> Job:
        """A dry run, with a list of what it could not read. Exports have their files as well."""
        checked = Job.objects.create(
            task="catalog.import_films", state=Job.State.DONE, created_by=self.people["admin"], params={"dry_run": True}
        )
        (self.data / "comparisons").mkdir()
        (self.data / "comparisons" / "genres-1.json").write_text('{"format": 1, "rows": []}')
        for folder, name in [
            ("imports", f"job-{checked.pk}.errors.csv"),
            *(("exports", f"labels-{job.pk}.csv") for job in self.jobs.values()),
        ]:
            (self.data / folder).mkdir(exist_ok=True)
            (self.data / folder / name).write_text("a,b\n")
        return checked

    def _client(self, role: str) -> Client:
        client = Client(raise_request_exception=False)
        if role in self.people:
            client.force_login(self.people[role])
            confirm(client)
        return client

    def arguments(self, name: str, whose: str) -> dict[str, Any]:
        """For each parameter that an address may have."""
        bare = name.removeprefix("api-")
        numbers: dict[str, Any] = {
            "run": self.run.pk,
            "undo": self.changes.pk,
            "change-undo": self.changes.pk,
            "term-undo": self.term_change.pk if self.term_change else 0,
            "flag-resolve": self.flag.pk,
            "change": self.changes.pk,
            "source-name": self.name.pk,
            "difference-settle": self.answer.pk,
            "difference-reopen": self.answer.pk,
            "token-revoke": self.tokens.get(whose, (self.name, ""))[0].pk,
        }
        if bare.startswith("job"):
            numbers[bare] = (self.queued if bare == "job-cancel" else self.jobs)[whose or "admin"].pk
        if bare.startswith("search"):
            numbers[bare] = self.saved[whose or "viewer"].pk
        if bare.startswith("clip"):
            numbers[bare] = self.clips.get(whose, self.clips[""]).pk
        numbers |= {
            name: self.uploads.get(whose, self.uploads["admin"]).pk for name in ("clip-upload", "upload-cancel")
        }
        numbers |= {"job-errors": self.checked.pk, "import-start": self.checked.pk, "map-name": self.name.pk}
        return {
            "key": "hidden" if whose == "unpublished" else self.film.key,
            "kind": "genre", "slug": "horror", "task": "genres",
            "name": "genres-3" if bare in ("version-term", "threshold-set") else "genres-1",
            "pk": numbers.get(bare, 1), "path": "posters/none.jpg", "username": "somebody",
            "which": "genres-3-0", "uid": "MQ",
            "token": self.saved["viewer"].token if name == "search-feed" else "none",
            "app_label": "catalog", "object_id": "1", "content_type_id": "1", "url": "nothing/",
        }  # fmt: skip

    def _with_session(self, role: str, method: str, address: str, options: dict[str, Any]) -> HttpResponse:
        client = self.clients[role]
        cookies = copy(client.cookies)
        try:
            return client.generic(method, address, **options)  # type: ignore[return-value]
        finally:
            client.cookies = cookies  # also after signing out

    def ask(self, role: str, row: Row) -> HttpResponse:
        """The answer, as a browser with this person's session or a program with this person's token gets it."""
        address, options = _address(row.url, self.arguments(row.url, row.whose)), _body(row)
        for upload in self.uploads.values():
            self._empty_file(upload)  # what was sent or cancelled before is taken back in the database alone
        if row.is_page:
            return self._with_session(role, row.method, address, options)
        if role in self.tokens:
            options["headers"] = options.get("headers", {}) | {"Authorization": f"Bearer {self.tokens[role][1]}"}
        return Client(raise_request_exception=False).generic(row.method, address, **options)  # type: ignore[return-value]


def address_of(world: World, row: Row) -> str:
    return _address(row.url, world.arguments(row.url, row.whose))


def _address(name: str, arguments: dict[str, Any]) -> str:
    resolver = get_resolver()
    if ":" in name:
        namespace = name.split(":")[0]
        resolver = resolver.namespace_dict[namespace][1]
    possibilities: Any = resolver.reverse_dict.getlist(name.split(":")[-1])
    for _, parameters in possibilities[0][0]:
        return reverse(name, kwargs={parameter: arguments[parameter] for parameter in parameters})
    raise AssertionError(name)


def _body(row: Row) -> dict[str, Any]:
    if row.method == "GET":
        return {}
    if row.url.startswith("api-clip-upload"):
        headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "10", "Upload-Offset": "0"}
        return {"data": b"abc", "content_type": "application/offset+octet-stream", "headers": headers}
    if row.url.startswith("api-") and "@" not in row.body:
        return {"data": row.body or "{}", "content_type": "application/json"}
    fields = dict(part.split("=", 1) for part in row.body.split("&")) if row.body else {}
    files = {name: _file(value) for name, value in fields.items() if value.startswith("@")}
    return {"data": encode_multipart(BOUNDARY, fields | files), "content_type": MULTIPART_CONTENT}


def _file(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name[1:], b"imdb_id,title,year\ntt0000001,Carmencita,1894\n")


def written() -> dict[str, int]:
    """Rows that this transaction has written so far, by table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables WHERE relname <> ALL(%s)",
            [list(BOOKKEEPING)],
        )
        return dict(cursor.fetchall())


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    wrote: set[str]

    @property
    def cell(self) -> str:
        """As the matrix says it: the status, or L for "sign in first"."""
        return "L" if self.status == 302 and self.location.startswith("/accounts/login/?next=") else str(self.status)


def try_out(world: World, role: str, row: Row) -> Answer:
    """Ask, see what was written, and take it back."""
    with transaction.atomic():
        before = written()
        response = world.ask(role, row)
        wrote = {table for table, count in written().items() if count != before.get(table, 0)}
        transaction.set_rollback(True)
    return Answer(response.status_code, response.get("Location", ""), wrote)
