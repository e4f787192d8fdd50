"""People, films and terms that most tests need."""

from pathlib import Path

import pytest

from catalog.models import Film, Term, User
from tests.factories import make_film, make_term, make_user


@pytest.fixture(autouse=True)
def _folders_of_their_own(settings: pytest.FixtureRequest, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"  # type: ignore[attr-defined]
    settings.CLIPS_DIR = tmp_path / "clips"  # type: ignore[attr-defined]
    settings.MODELS_DIR = tmp_path / "models"  # type: ignore[attr-defined]
    settings.TENSORBOARD_DIR = tmp_path / "tensorboard"  # type: ignore[attr-defined]
    # Names as they are in the source: nobody has collected and hashed the files here.
    settings.STORAGES = {  # type: ignore[attr-defined]
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def _quick_passwords(settings: pytest.FixtureRequest) -> None:
    """The real hash takes a third of a second, on purpose; tests make hundreds of people."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]


@pytest.fixture
def viewer(db: None) -> User:
    return make_user("vera", role=User.Role.VIEWER)


@pytest.fixture
def curator(db: None) -> User:
    return make_user("carla", role=User.Role.CURATOR)


@pytest.fixture
def other_curator(db: None) -> User:
    return make_user("chul", role=User.Role.CURATOR)


@pytest.fixture
def admin(db: None) -> User:
    return make_user("ada", role=User.Role.ADMIN)


@pytest.fixture
def horror(db: None) -> Term:
    return make_term("horror")


@pytest.fixture
def comedy(db: None) -> Term:
    return make_term("comedy")


@pytest.fixture
def film(db: None) -> Film:
    return make_film("Nosferatu", imdb_id="tt0013442", year=1922)
