"""manage.py extract_frames CLIP"""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from catalog.files import why_not_writable, write_whole
from catalog.footage import frames
from catalog.footage.clips import BadClip
from catalog.models import Clip, Frame
from catalog.progress import Console


class Command(BaseCommand):
    help = "Take frames from a clip: random pairs, or single frames for tagging. The same options give the same frames."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("clip", help="its number, or its file name where that is the only one of the name")
        parser.add_argument("--use", choices=Frame.Use.values, help="pair (the default), or tagging")
        parser.add_argument(
            "--section",
            action="append",
            metavar="HH:MM:SS-HH:MM:SS",
            help="only from here; may be given several times (without it: the clip's own sections, or all of it)",
        )
        parser.add_argument("--pairs", type=int, default=frames.PAIRS, metavar="N")
        parser.add_argument("--size", default="640x360", metavar="WxH", help="a box to fit frames into")
        tagging = parser.add_mutually_exclusive_group()
        tagging.add_argument("--every", type=float, metavar="SECONDS", help="for tagging: a frame so often")
        tagging.add_argument("--scenes", action="store_true", help="for tagging: one frame of each shot")
        parser.add_argument("--most", type=int, metavar="N", help="for tagging: at most so many (else 64, evenly)")
        parser.add_argument("--seed", type=int, default=0, metavar="N")
        parser.add_argument("--dry-run", action="store_true", help="count only, store nothing")
        parser.add_argument("--json", type=Path, metavar="FILE", help="write the counts as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        from catalog.footage import extraction  # loads OpenCV

        if options["json"] and (reason := why_not_writable(options["json"])):
            sentence = _("%(file)s cannot be written: %(reason)s.") % {"file": options["json"], "reason": reason}
            raise CommandError(sentence, returncode=2)
        clip = _clip(options["clip"])
        progress = Console(self.stderr.write)
        try:
            wanted = extraction.wanted_from(_params(options), clip)
            found = extraction.extract(clip, wanted, progress, dry_run=options["dry_run"])
        except (BadClip, frames.BadWanted) as error:
            raise CommandError(str(error), returncode=2) from error
        finally:
            progress.close()
        for sentence in found.sentences():
            self.stdout.write(sentence)
        megabytes = found.decoder_peak_bytes / 1e6
        self.stdout.write(f"{found.seconds:.1f} s; decoder {found.decoder_cpu_seconds:.1f} CPU s, {megabytes:.0f} MB.")
        if options["json"]:
            write_whole(options["json"], json.dumps(found.as_dict() | {"clip": clip.pk}, indent=1).encode())


def _params(options: dict[str, Any]) -> dict[str, Any]:
    names = ("pairs", "size", "every", "scenes", "most", "seed")
    single = options["every"] is not None or options["scenes"] or options["most"] is not None
    use = options["use"] or (Frame.Use.TAGGING if single else Frame.Use.PAIR)
    sections = ",".join(options["section"] or ()) or None
    return {"use": str(use), "sections": sections} | {name: options[name] for name in names}


def _clip(text: str) -> Clip:
    clips = Clip.objects.filter(pk=int(text)) if text.isascii() and text.isdigit() else Clip.objects.filter(name=text)
    found = list(clips[:2])
    if not found:
        raise CommandError(_("There is no clip “%(name)s”.") % {"name": text[:80]}, returncode=2)
    if len(found) > 1:
        sentence = _("Several clips are called “%(name)s”; give the number of one.")
        raise CommandError(sentence % {"name": text[:80]}, returncode=2)
    return found[0]
