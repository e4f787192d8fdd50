"""A real headless browser on a real server, and a small archive in which everything occurs."""

import io
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from catalog import labelling
from catalog.models import Film, Job, SourceName, Term, User
from catalog.pictures import store_poster
from tests.factories import import_label, make_film, make_term, make_user, make_version, predict
from tests.pages.test_models import metrics
from training.models import ModelVersion, Run

PATIENCE = 40_000  # milliseconds that a page may take on a machine that has much else to do
expect.set_options(timeout=PATIENCE)
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Playwright keeps an event loop in this thread; the database is used in between, not inside it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = next((path for name in CHROMIUMS if (path := shutil.which(name))), None)
    assert executable, f"no browser: install one of {', '.join(CHROMIUMS)}"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield launched
        launched.close()


Open = Callable[..., Page]
Theme = Literal["light", "dark"]


@pytest.fixture
def open_browser(browser: Browser, live_server: LiveServer, settings: Any) -> Iterator[Open]:
    """A page in a browser of its own, signed in as somebody: open_browser(user, theme="dark", language="ko")."""
    contexts: list[BrowserContext] = []

    def opened(user: User | None = None, *, theme: Theme = "light", language: str = "en", **options: Any) -> Page:
        context = browser.new_context(
            base_url=live_server.url, viewport={"width": 1280, "height": 900}, color_scheme=theme, **options
        )
        context.set_default_timeout(PATIENCE)
        cookies = {"django_language": language} | ({settings.SESSION_COOKIE_NAME: session_of(user)} if user else {})
        context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()])
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def session_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    session = client.session
    assert isinstance(session, SessionStore)
    return str(session.session_key)


@dataclass
class Archive:
    """Films, people and everything that pages show of them."""

    vera: User
    carla: User
    chul: User
    ada: User
    film: Film
    films: list[Film]
    horror: Term
    champion: ModelVersion
    challenger: ModelVersion
    run: Run
    jobs: dict[str, Job] = field(default_factory=dict)


def picture(colour: tuple[int, int, int]) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (240, 360), colour).save(file, "JPEG")
    return file.getvalue()


@pytest.fixture
def archive(transactional_db: None) -> Archive:
    Term.objects.update(active=False)
    terms = [
        make_term(slug, active=True, name_ko=korean, guideline_en="What it means.")
        for slug, korean in (("horror", "공포"), ("comedy", "코미디"), ("drama", "드라마"), ("war", "전쟁"))
    ]
    tags = [make_term(slug, Term.Kind.TAG, active=True) for slug in ("gothic", "silent", "vampire")]
    roles = (("vera", User.Role.VIEWER), ("carla", User.Role.CURATOR), ("chul", User.Role.CURATOR))
    vera, carla, chul = (make_user(name, role=role) for name, role in roles)
    ada = make_user("ada", role=User.Role.ADMIN)
    films = [
        make_film(
            title, year=year, title_ko=korean, plot=plot, director="F. W. Murnau", country="Germany", language="de"
        )
        for title, korean, year, plot in (
            ("Nosferatu", "노스페라투", 1922, "A count moves house."),
            ("Faust", "파우스트", 1926, "A scholar signs."),
            ("Sunrise", "", None, ""),
        )
    ]
    store_poster(films[0], picture((40, 50, 60)))
    champion = make_version(*terms, metrics=metrics(0.6, *terms), config={"text_encoder": "minilm"})
    challenger = make_version(*terms, champion=False, metrics=metrics(0.64, *terms))
    tagger = make_version(*tags, metrics=metrics(0.4, *tags))
    for film, scores in zip(films, ((0.93, 0.2, 0.55, 0.1), (0.5, 0.4, 0.9, 0.3), (0.1, 0.1, 0.8, 0.1)), strict=True):
        film.refresh_from_db()
        predict(film, champion, *scores)
        predict(film, tagger, 0.8, 0.3, 0.6)
    import_label(films[0], terms[3])
    films[0].refresh_from_db()
    labelling.reject(films[0], terms[1], user=carla, revision=films[0].revision)
    films[0].refresh_from_db()
    curves = [{"epoch": n, "train_loss": 1 / n, "validation_map": 0.1 * n} for n in (1, 2, 3)]
    run = Run.objects.create(task="genres", state="done", curves=curves, films={"train": 800}, options={"seed": 0})
    SourceName.objects.create(kind="genre", name="Anime", source="csv: films.csv", films=12, example=films[0].key)
    found = Archive(vera, carla, chul, ada, films[0], films, terms[0], champion, challenger, run)
    found.jobs = make_jobs(ada)
    return found


def make_jobs(user: User) -> dict[str, Job]:
    now = timezone.now()
    made = {
        "queued": Job.objects.create(task="training.retrain", params={"task": "tags"}, created_by=user),
        "running": Job.objects.create(
            task="inference.predict", state="running", done=40, total=90, unit="films", started_at=now, heartbeat_at=now
        ),
        "failed": Job.objects.create(task="training.retrain", state="failed", message="There are no labels."),
        "done": Job.objects.create(
            task="catalog.import_films",
            state="done",
            params={"dry_run": True, "format": "csv", "name": "films.csv"},
            result={"rows": 9, "new": 7, "unreadable": 1, "unknown": {"genre": {"Anime": 2}}},
            created_by=user,
        ),
    }
    made["done"].failures.create(item="row 3", reason="The title is empty.")
    return made
