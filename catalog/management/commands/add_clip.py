"""manage.py add_clip FILM FILE"""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from catalog.files import why_not_writable, write_whole
from catalog.footage import clips, urls
from catalog.models import Clip, Film


class Command(BaseCommand):
    help = "Give a film a video file. The file is copied; the same file again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("film", help="its key, as in the address of its page")
        parser.add_argument("file", help="a video file, or the address of one where FOOTAGE_URL_HOSTS allows it")
        parser.add_argument("--source", default="", help="where it comes from")
        parser.add_argument("--licence", default="")
        parser.add_argument("--json", type=Path, metavar="FILE", help="write what is known of the clip as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["json"] and (reason := why_not_writable(options["json"])):
            sentence = _("%(file)s cannot be written: %(reason)s.") % {"file": options["json"], "reason": reason}
            raise CommandError(sentence, returncode=2)
        film = Film.objects.filter(key=options["film"]).first()
        if film is None:
            raise CommandError(_("There is no film “%(key)s”.") % {"key": options["film"][:80]}, returncode=2)
        try:
            clip = _added(film, options["file"], options["source"], options["licence"])
        except clips.BadClip as error:
            raise CommandError(str(error), returncode=2) from error
        self.stdout.write(
            f"Clip {clip.pk}: {clip.name}, {clip.container} ({clip.codec}), {clip.width}x{clip.height}, "
            f"{clip.seconds:.1f} s, {clip.fps:.3f} frames/s."
        )
        if options["json"]:
            write_whole(options["json"], json.dumps(_figures(clip), ensure_ascii=False, indent=1).encode())


def _added(film: Film, file: str, source: str, licence: str) -> Clip:
    if urls.is_address(file):
        return urls.add_from_address(film, file, licence=licence)
    path = Path(file)
    return clips.add_clip(film, path, name=path.name, source=source, licence=licence)


def _figures(clip: Clip) -> dict[str, Any]:
    names = ("id", "name", "sha256", "size", "container", "codec", "width", "height", "fps", "seconds", "strip_count")
    return {"film": clip.film.key} | {name: getattr(clip, name) for name in names}
