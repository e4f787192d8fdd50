"""What people ask of a clip: which parts may be used, that frames are taken. The same for the page and the API."""

from typing import Any

from django.utils.translation import gettext as _

from catalog import jobs
from catalog.footage.frames import Wanted, parse_sections, parse_size
from catalog.models import Clip, Job, User

EXTRACT = "catalog.extract_frames"
OPTIONS = ("pairs", "every", "scenes", "most", "seed")  # as catalog.footage.frames.Wanted has them
OPTIONS_FOR = {"pair": ("pairs", "seed"), "tagging": ("every", "scenes", "most", "seed")}
MOST_TEXT = 2000  # characters of sections


class Busy(Exception):
    """Frames are taken from the clip already; the message says so to the user."""


def save_sections(clip: Clip, text: str) -> None:
    """The parts of the clip that may be used, as `hh:mm:ss-hh:mm:ss, …`; nothing for all of it.

    Raises:
        catalog.footage.frames.BadSections: what is wrong with them; nothing is saved.
    """
    clip.sections = [list(section) for section in parse_sections(text[:MOST_TEXT], clip.seconds)]
    clip.save(update_fields=["sections"])


def extract(clip: Clip, given: dict[str, Any], user: User) -> Job:
    """A job that replaces the clip's frames of this use. Of `given`, what is None or empty is as usual.

    Raises:
        catalog.footage.frames.BadWanted: it cannot be taken from this clip.
        Busy: another job is at it.
    """
    params = {name: value for name, value in given.items() if value or (value == 0 and value is not False)}
    check(clip, params)
    running = Job.objects.active().filter(task=EXTRACT, params__clip=clip.pk).first()
    if running is not None:
        sentence = _("Frames are taken from this clip already (job %(id)s). Wait until that has ended.")
        raise Busy(sentence % {"id": running.pk})
    return jobs.start(EXTRACT, {"clip": clip.pk, "name": clip.name, **params}, user=user)


def check(clip: Clip, params: dict[str, Any]) -> Wanted:
    """What the job will be asked for. Raises catalog.footage.frames.BadWanted."""
    options = {name: params[name] for name in OPTIONS if name in params}
    if "size" in params:
        options["size"] = parse_size(params["size"])
    sections = parse_sections(params.get("sections", ""), clip.seconds)
    return Wanted(use=params.get("use", "pair"), sections=sections, **options)


def stop(clip: Clip) -> None:
    """End the jobs that take frames from the clip."""
    for job in Job.objects.active().filter(task=EXTRACT, params__clip=clip.pk):
        job.cancel()
