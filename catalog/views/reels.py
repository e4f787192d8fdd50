"""What a film's page shows of its footage: clips with their frames, files on their way, and the work on them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Max, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from catalog.footage import jobs as footage_jobs
from catalog.footage import uploads
from catalog.footage.frames import clock
from catalog.models import Clip, Film, Frame, Job, Upload

FRAMES_SHOWN = 24  # of a filmstrip at once
ADD, EXTRACT = uploads.TASK, footage_jobs.EXTRACT
SIZES = ("640x360", "480x270", "320x180", "1280x720")  # of the frames that are extracted, the usual one first
TOLD = timedelta(days=1)  # how long a failure stays on the film's page


@dataclass
class Strip:
    """Frames of a clip for one use, a page of them."""

    use: Frame.Use
    count: int = 0
    most_motion: float | None = None
    frames: list[Frame] = field(default_factory=list)
    page: int = 1

    @property
    def pages(self) -> int:
        return max(1, -(-self.count // FRAMES_SHOWN))

    @property
    def next_page(self) -> int | None:
        return self.page + 1 if self.page < self.pages else None

    @property
    def first(self) -> int:
        """Number of the first frame shown, from 1."""
        return (self.page - 1) * FRAMES_SHOWN + 1


@dataclass
class Reel:
    """A clip as its film's page shows it."""

    clip: Clip
    strips: list[Strip]
    shown: Strip | None = None
    last: Job | None = None  # the extraction that ended last
    sections_text: str = ""
    wrong: dict[str, str] = field(default_factory=dict)  # field → what is wrong with what was typed
    typed: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"clip-{self.clip.pk}"

    @property
    def strip_width(self) -> int:
        """Of the strip of thumbnails where it is as high as the clip: its proportions are known before it is there."""
        return self.clip.width * max(1, self.clip.strip_count)

    @property
    def sizes(self) -> tuple[str, ...]:
        return SIZES


def reels(clips: Iterable[Clip], user: Any, *, use: str = "", page: int = 1) -> list[Reel]:
    """Each clip with its filmstrips and one page of the wanted one. Three queries at most for all of them."""
    made = {clip.pk: Reel(clip, [], sections_text=sections_text(clip)) for clip in clips}
    for row in _counts(list(made)):
        made[row["clip"]].strips.append(Strip(Frame.Use(row["use"]), row["n"], row["motion"]))
    for reel in made.values():
        wanted = [strip for strip in reel.strips if strip.use == use] or reel.strips
        reel.shown = wanted[0] if wanted else None
        if reel.shown:
            reel.shown.page = min(max(1, page), reel.shown.pages)
    for frame in _frames([reel for reel in made.values() if reel.shown]):
        made[frame.clip_id].shown.frames.append(frame)  # type: ignore[union-attr]
    if getattr(user, "may_decide", False):
        ended = Job.objects.filter(task=EXTRACT, params__clip__in=list(made)).exclude(finished_at=None)
        for job in ended.order_by("pk"):
            made[job.params["clip"]].last = job
    return list(made.values())


def _counts(clips: list[int]) -> list[Any]:
    """How many frames each clip has for each use; pairs first, since they are looked at first."""
    counted = Frame.objects.filter(clip__in=clips).order_by("use").values("clip", "use")
    return list(counted.annotate(n=Count("pk"), motion=Max("motion")))


def _frames(shown: list[Reel]) -> QuerySet[Frame]:
    """The frames of one page of each filmstrip, in one query."""
    wanted = Q(pk=None)
    for reel in shown:
        assert reel.shown is not None
        first = reel.shown.first
        wanted |= Q(clip=reel.clip, use=reel.shown.use, row__gte=first, row__lt=first + FRAMES_SHOWN)
    row = Window(RowNumber(), partition_by=[F("clip"), F("use")], order_by=F("seconds").asc())
    frames = Frame.objects.filter(clip__in=[reel.clip.pk for reel in shown]).annotate(row=row)
    return frames.filter(wanted).order_by("clip", "seconds")


def sections_text(clip: Clip) -> str:
    """The clip's sections as a person types them; empty where all of it is used."""
    return ", ".join(f"{clock(start)}-{clock(end)}" for start, end in clip.sections)


def footage_context(film: Film, user: Any) -> dict[str, Any]:
    """What templates/catalog/_footage.html shows of a film."""
    clips = list(film.clips.select_related("added_by"))
    found = reels(clips, user) if clips else []
    may_decide = bool(getattr(user, "may_decide", False))
    if not may_decide:
        found = [reel for reel in found if reel.strips or reel.clip.strip_sha256]
    return {
        "reels": found,
        "footage": bool(found or may_decide),
        "uploads": unfinished(film, user) if may_decide else [],
        "clip_max": settings.CLIP_MAX_BYTES,
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
        **(work_context(film) if may_decide else {}),
    }


def unfinished(film: Film, user: Any) -> list[dict[str, Any]]:
    """One's own files that have not come whole."""
    mine = [(upload, uploads.come(upload)) for upload in Upload.objects.filter(film=film, user=user).order_by("pk")]
    return [
        {"upload": upload, "come": come, "percent": come * 100 // upload.size}
        for upload, come in mine
        if come < upload.size
    ]


def of_film(film: Film) -> QuerySet[Job]:
    """The work on this film's footage."""
    extracting = Q(task=EXTRACT, params__clip__in=list(film.clips.values_list("pk", flat=True)))
    return Job.objects.filter(Q(task=ADD, params__film=film.key) | extracting)


def work_context(film: Film) -> dict[str, Any]:
    """What runs now, and what has failed of late without having been done since."""
    jobs = of_film(film).annotate(failure_count=Count("failures")).order_by("pk")
    recent = jobs.filter(Q(state__in=["queued", "running"]) | Q(finished_at__gte=timezone.now() - TOLD))
    active = [job for job in recent if job.is_active]
    last = {(job.task, job.params.get("clip") or job.params.get("name")): job for job in recent}
    failed = [job for job in last.values() if job.state == Job.State.FAILED]
    return {"active": active, "failed": failed}
