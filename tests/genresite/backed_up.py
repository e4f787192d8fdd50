"""Sites for tests of backup and restore: made small, looked at whole, and backups changed by hand."""

import hashlib
import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from genresite.backup.contents import seal
from tests.genresite.running import manage

Members = dict[str, bytes | tarfile.TarInfo]

MAKE = """
from pathlib import Path
from django.conf import settings
from django.core.management import call_command
from allauth.mfa.totp.internal.auth import TOTP
from catalog import labelling, pictures
from catalog.models import Label, User
from catalog.models.clip import clip_path
from tests import factories
from tests.pictures import picture
from training.models import Task
from training.registry import install_starters

call_command("migrate", verbosity=0)
call_command("createcachetable", verbosity=0)
version = install_starters([Task.GENRES])[0]
ada = factories.make_user("ada", role=User.Role.ADMIN)
carla = factories.make_user("carla", role=User.Role.CURATOR)
TOTP.activate(ada, "JBSWY3DPEHPK3PXP")
horror = factories.make_term("horror")
for number, colour in enumerate(["red", "green", "blue"]):
    film = factories.make_film(f"Film {number}", key=f"film-{number}", title_ko=f"영화 {number}")
    pictures.store_poster(film, picture(colour=colour))
    film.refresh_from_db()
    factories.import_label(film, horror)
    labelling.decide(film, horror, Label.Value.NO, user=carla, revision=film.revision)
    factories.predict(film, version, *[0.25 + number / 8] * len(version.terms))
clip = factories.make_clip(film, sha256="ab" * 32)
file = Path(settings.CLIPS_DIR) / clip_path(clip.sha256)
file.parent.mkdir(parents=True)
file.write_bytes(bytes(range(256)) * 1200)
"""

LOOK = """
import json
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from django.db import connection
from catalog.models import User
from genresite.backup import database
from inference.models import Prediction
from training.models import ModelVersion
from training.registry import load

print(json.dumps({
    "rows": database.count_rows(),
    "predictions": list(Prediction.objects.order_by("pk").values_list("film__title_ko", "scores")),
    "names": list(User.objects.order_by("pk").values_list("username", flat=True)),
    "models": [load(version).terms for version in ModelVersion.objects.all()],
    "second_factor": decrypt(Authenticator.objects.get(user__username="ada").data["secret"]),
}))
"""

ADD = "from tests import factories; factories.make_film('Since then', key='since')"

LABEL = """
from catalog import labelling
from catalog.models import Decision, Film, Label, Term, User
from django.db import IntegrityError, transaction

film, horror, before = Film.objects.first(), Term.objects.get(slug="horror", kind="genre"), Decision.objects.count()
labelling.decide(film, horror, Label.Value.YES, user=User.objects.get(username="ada"), revision=film.revision)
print("logged", Decision.objects.count() - before)
try:
    with transaction.atomic():
        Decision.objects.update(after="no")
except IntegrityError as error:
    print(error)
"""


def shell(data: Path, code: str, **variables: Any) -> str:
    """What a program in the site's shell printed."""
    done = manage("shell", "-v0", "-c", code, GENRESITE_DATA=data, **variables)
    assert done.returncode == 0, done.stderr
    return done.stdout


def look(data: Path) -> dict[str, Any]:
    """What the site says of itself, and each of its files with its SHA-256; what is hidden belongs to nobody."""
    said: dict[str, Any] = json.loads(shell(data, LOOK))
    return {**said, "files": hashes(data)}


def hashes(data: Path) -> dict[str, str]:
    roots = ("media", "models", "clips", "secret_key")
    files = [path for root in roots for path in [data / root, *(data / root).rglob("*")] if path.is_file()]
    return {str(path.relative_to(data)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def restore(file: Path, data: Path, *options: str, **variables: Any) -> str:
    done = manage("restore", str(file), *options, GENRESITE_DATA=data, **variables)
    assert done.returncode == 0, done.stderr
    return done.stdout


def refused(data: Path, *arguments: str, **variables: Any) -> str:
    """The one sentence with which a command ends."""
    done = manage(*arguments, GENRESITE_DATA=data, **variables)
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


def rewritten(backup: Path, target: Path, change: Callable[[Members], object]) -> Path:
    """A copy of a backup whose members somebody has changed."""
    with tarfile.open(backup) as tar:
        members: Members = {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]
    change(members)
    with tarfile.open(target, "w") as tar:
        for name, content in members.items():
            if isinstance(content, tarfile.TarInfo):
                tar.addfile(content)
            else:
                member = tarfile.TarInfo(name)
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))
    return target


def with_manifest(change: Callable[[dict[str, Any]], None]) -> Callable[[Members], None]:
    """A change of what the manifest says."""

    def changed(members: Members) -> None:
        manifest = json.loads(bytes(members["manifest.json"]))  # type: ignore[arg-type]
        manifest.pop("seal", None)
        change(manifest)
        members["manifest.json"] = json.dumps({**manifest, "seal": seal(manifest)}).encode()

    return changed


def adding(name: str, content: bytes = b"hello") -> Callable[[Members], None]:
    """One more file, of which the manifest knows."""

    def add(members: Members) -> None:
        kept = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        with_manifest(lambda manifest: manifest["files"].update({name: kept}))(members)
        members[name] = content

    return add


def linking(kind: bytes, to: str) -> Callable[[Members], None]:
    """One more member that is no file, under a name that is allowed."""

    def add(members: Members) -> None:
        member = tarfile.TarInfo("media/posters/link.jpg")
        member.type, member.linkname = kind, to
        members[member.name] = member

    return add
