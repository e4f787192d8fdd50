"""Takes frames from a clip: decodes what is wanted and nothing else, drops what is no good, stores the rest."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from PIL import Image

from catalog.footage import cuts, motion
from catalog.footage.clips import remove_pictures, settle, store_picture
from catalog.footage.frames import (
    TAGGING_FRAMES,
    Moment,
    Section,
    Wanted,
    draw_pairs,
    evenly,
    moments_every,
    moments_spread,
    parse_sections,
    parse_size,
    sections_or_all,
    signature,
    thinned,
)
from catalog.footage.journal import Journal, Taken
from catalog.footage.reader import BadClip, Index, Picture, Reader
from catalog.models import Clip, Frame
from catalog.progress import Progress

SHIFTS = (0.0, 0.5, 0.25, -0.25)  # of the grid of even distances, tried until enough frames differ
SCAN_SIZE = cuts.WIDTH, cuts.HEIGHT


@dataclass
class Extracted:
    """What an extraction gave: frames (or pairs) kept, and what was dropped and why."""

    use: str
    wanted: int
    kept: int = 0
    straddled_cut: int = 0
    straddled_section: int = 0
    near_duplicates: int = 0
    unreadable: int = 0
    repeated: int = 0  # of all these, how many an earlier run that was ended had decided already
    seconds: float = 0.0
    decoder_cpu_seconds: float = 0.0
    decoder_peak_bytes: int = 0
    dry_run: bool = False

    def as_dict(self) -> dict[str, int | float | str | bool]:
        return asdict(self)

    def sentences(self) -> list[str]:
        """What to tell a person, one thing each."""
        return [sentence for sentence in (self._kept(), *self._dropped()) if sentence]

    def _kept(self) -> str:
        if self.use == Frame.Use.PAIR:
            return ngettext("%(n)s pair was taken.", "%(n)s pairs were taken.", self.kept) % {"n": self.kept}
        return ngettext("%(n)s frame was taken.", "%(n)s frames were taken.", self.kept) % {"n": self.kept}

    def _dropped(self) -> Iterator[str]:
        cut = ngettext("%(n)s pair straddled a cut.", "%(n)s pairs straddled a cut.", self.straddled_cut)
        section = ngettext(
            "%(n)s pair straddled the end of a section.",
            "%(n)s pairs straddled the end of a section.",
            self.straddled_section,
        )
        near = ngettext(
            "%(n)s frame looked like the one before it.",
            "%(n)s frames looked like the one before them.",
            self.near_duplicates,
        )
        broken = ngettext("%(n)s could not be decoded.", "%(n)s could not be decoded.", self.unreadable)
        counts = (self.straddled_cut, self.straddled_section, self.near_duplicates, self.unreadable)
        for sentence, count in zip((cut, section, near, broken), counts, strict=True):
            if count:
                yield sentence % {"n": count}


def wanted_from(params: dict[str, object], clip: Clip) -> Wanted:
    """What a job or a command asks for: use, pairs, every, scenes, most, seed; size as "640x360"; sections as text.

    Raises:
        BadWanted: something of it cannot be had.
    """
    given = {name: params[name] for name in Wanted.__dataclass_fields__ if params.get(name) is not None}
    if isinstance(given.get("size"), str):
        given["size"] = parse_size(str(given["size"]))
    if isinstance(given.get("sections"), str):
        given["sections"] = parse_sections(str(given["sections"]), clip.seconds)
    return Wanted(**given)  # type: ignore[arg-type]


def extract(clip: Clip, wanted: Wanted, progress: Progress, *, dry_run: bool = False) -> Extracted:
    """See `catalog.footage.clips.extract`."""
    began = time.monotonic()
    sections = sections_or_all(wanted.sections, clip.sections, clip.seconds)
    journal = Journal(clip.sha256, wanted, sections, keep=not dry_run)
    with Reader(clip.file) as reader:
        work = Pairs if wanted.use == Frame.Use.PAIR else Single
        extraction = work(wanted, sections, reader, journal, progress)
        kept = extraction.run()
        spent = reader.spent()
    if not dry_run:
        written = {sha256 for taken in extraction.all for sha256 in (taken.sha256, taken.next_sha256)}
        try:
            _replace(clip, wanted.use, kept, written)
        finally:
            journal.finish()
    return replace(
        extraction.found,
        kept=len(kept),
        dry_run=dry_run,
        seconds=time.monotonic() - began,
        decoder_cpu_seconds=spent.cpu_seconds,
        decoder_peak_bytes=spent.peak_bytes,
    )


class Extraction:
    """What both ways share: which frames an earlier run has decided, and where to write down what this one does."""

    count = 0
    unit = ""

    def __init__(
        self, wanted: Wanted, sections: list[Section], reader: Reader, journal: Journal, progress: Progress
    ) -> None:
        self.wanted, self.sections, self.reader = wanted, sections, reader
        self.journal, self.progress = journal, progress
        self.found = Extracted(wanted.use, 0)
        self.all: list[Taken] = []

    def run(self) -> list[Taken]:
        raise NotImplementedError

    def known(self, place: str) -> Taken | None:
        found = self.journal.find(place)
        self.found.repeated += found is not None
        return found

    def store(self, picture: Picture) -> str:
        return store_picture(Image.fromarray(picture.pixels)) if self.journal.keep else ""


class Pairs(Extraction):
    """Random frames with odd numbers, each with the next one."""

    def run(self) -> list[Taken]:
        self.found.wanted = self.wanted.pairs
        self.progress.start(self.wanted.pairs, _("pairs"), _("Reading where each frame is"))
        index = self.reader.index()
        draw = draw_pairs(index.seconds, self.sections, self.wanted.seed)
        kept: list[Taken] = []
        while len(kept) < self.wanted.pairs and (numbers := draw.more(self.wanted.pairs - len(kept))):
            within = [number for number in numbers if number not in draw.straddling]
            self.found.straddled_section += len(numbers) - len(within)
            for taken in self._decided(within, index):
                self._count(taken, kept)
        return sorted(kept, key=lambda taken: taken.seconds)

    def _count(self, taken: Taken, kept: list[Taken]) -> None:
        self.all.append(taken)
        if not taken.dropped:
            kept.append(taken)
            self.progress.advance(1, _("Taking pairs"))
            return
        self.found.straddled_cut += taken.dropped == "cut"
        self.found.unreadable += taken.dropped == "unreadable"
        self.progress.advance(0, _("Taking pairs"))

    def _decided(self, numbers: Sequence[int], index: Index) -> Iterator[Taken]:
        """Each pair, kept or dropped; those decided earlier first."""
        known = {number: self.known(str(number)) for number in numbers}
        yield from (taken for taken in known.values() if taken is not None)
        new = [number for number in numbers if known[number] is None]
        frames = self.reader.frames([int(index.pts[n + i]) for n in new for i in (0, 1)], self.wanted.size)
        for number in new:
            first, second = next(frames), next(frames)
            yield self.journal.add(self._decide(number, first, second))

    def _decide(self, number: int, first: Picture | None, second: Picture | None) -> Taken:
        if first is None or second is None or first.pixels.shape != second.pixels.shape:
            return Taken(str(number), dropped="unreadable")
        if cuts.is_cut(first.pixels, second.pixels):
            return Taken(str(number), dropped="cut")
        height, width = first.pixels.shape[:2]
        return Taken(
            str(number),
            seconds=first.seconds,
            number=number,
            sha256=self.store(first),
            next_sha256=self.store(second),
            width=width,
            height=height,
            motion=self.measured(first, second),
        )

    def measured(self, first: Picture, second: Picture) -> float:
        return motion.magnitude(motion.flow(first.pixels, second.pixels))


class Single(Extraction):
    """Frames for tagging: at even distances, every so many seconds, or one of each shot."""

    def run(self) -> list[Taken]:
        most = self.wanted.most
        if self.wanted.every is None and not self.wanted.scenes:
            return self._spread(most or TAGGING_FRAMES)
        moments = self._of_shots() if self.wanted.scenes else moments_every(self.sections, self.wanted.every or 1.0)
        if most is not None:
            moments = [moments[place] for place in evenly(len(moments), most)]
        self.found.wanted = len(moments)
        self.progress.start(len(moments), _("frames"), _("Taking frames"))
        return self._different(list(self._taken(moments)))

    def _spread(self, most: int) -> list[Taken]:
        """So many frames; where neighbours look alike, others are tried between them."""
        self.found.wanted = most
        self.progress.start(most, _("frames"), _("Taking frames"))
        taken: dict[float, Taken] = {}
        kept: list[Taken] = []
        for shift in SHIFTS:
            taken |= {one.seconds: one for one in self._taken(moments_spread(self.sections, most, shift))}
            self.found.near_duplicates = 0
            kept = self._different([taken[seconds] for seconds in sorted(taken)])
            if len(kept) >= most:
                break
        return [kept[place] for place in evenly(len(kept), most)]

    def _different(self, taken: list[Taken]) -> list[Taken]:
        unique = list({one.seconds: one for one in taken}.values())  # two times may have the same key frame
        places = thinned([one.signature for one in unique])
        self.found.near_duplicates += len(unique) - len(places)
        return [unique[place] for place in places]

    def _of_shots(self) -> list[Moment]:
        shots = self.journal.shots()
        if shots is None:
            shots = [(shot.first, shot.last) for section in self.sections for shot in self._shots(section)]
            self.journal.add_shots(shots)
        return [Moment((first + last) / 2, first, last + 1e-6, last - first) for first, last in shots]

    def _shots(self, section: Section) -> Iterator[cuts.Shot]:
        """The shots of a section; every frame of it has to be looked at."""
        self.progress.start(max(1, round(section[1] - section[0])), _("seconds"), _("Looking for cuts"))
        return cuts.shots(self._watched(section))

    def _watched(self, section: Section) -> Iterator[tuple[float, cuts.Pixels]]:
        told = section[0]
        for picture in self.reader.scan([section], SCAN_SIZE):
            yield picture.seconds, picture.pixels
            if picture.seconds - told >= 1:
                self.progress.advance(int(picture.seconds - told))
                told += int(picture.seconds - told)

    def _taken(self, moments: Sequence[Moment]) -> Iterator[Taken]:
        """The frame of each moment, in their order, less those that cannot be decoded."""
        places = [f"{moment.time:.6f}/{moment.farthest:.6f}" for moment in moments]
        known = [self.known(place) for place in places]
        new = [moment for moment, taken in zip(moments, known, strict=True) if taken is None]
        times = [(moment.time, moment.start, moment.end, moment.farthest) for moment in new]
        pictures = self.reader.near(times, self.wanted.size)
        for place, earlier in zip(places, known, strict=True):
            taken = earlier or self.journal.add(self._take(place, next(pictures)))
            self.all.append(taken)
            self.found.unreadable += bool(taken.dropped)
            self.progress.advance(1)
            if not taken.dropped:
                yield taken

    def _take(self, place: str, picture: Picture | None) -> Taken:
        if picture is None:
            return Taken(place, dropped="unreadable")
        seen = signature(picture.pixels)
        height, width = picture.pixels.shape[:2]
        size = {"width": width, "height": height}
        return Taken(place, picture.seconds, None, self.store(picture), bits=seen.bits, colours=seen.colours, **size)


def _replace(clip: Clip, use: str, kept: list[Taken], written: set[str]) -> None:
    """Make these the clip's frames of that use, all at once. Frames that it has already stay the rows that they are.

    written: the pictures stored on the way; those that were not kept are removed.
    """
    with transaction.atomic():
        there = Clip.objects.select_for_update().filter(pk=clip.pk).exists()
        if there and not all(taken.stored for taken in kept):
            raise BadClip(_("Frames were taken from this clip by somebody else as well. Please start again."), 409)
        settle(sha256 for taken in kept if there for sha256 in (taken.sha256, taken.next_sha256) if sha256)
        gone = _exchange(clip, use, {(one.seconds, one.sha256, one.next_sha256): one for one in kept if there})
        remove_pictures(gone | written)  # under the lock: another extraction must not count on them
    if not there:
        raise BadClip(_("The clip was removed while frames were taken from it."), 409)


def _exchange(clip: Clip, use: str, wanted: dict[tuple[float, str, str], Taken]) -> set[str]:
    """Delete and create rows; the pictures of those deleted."""
    have = {(frame.seconds, frame.sha256, frame.next_sha256): frame for frame in clip.frames.filter(use=use)}
    gone = [frame for key, frame in have.items() if key not in wanted]
    Frame.objects.filter(pk__in=[frame.pk for frame in gone]).delete()
    new = [_row(clip, use, one) for key, one in wanted.items() if key not in have]
    Frame.objects.bulk_create(new, batch_size=500)
    return {sha256 for frame in gone for sha256 in (frame.sha256, frame.next_sha256)}


def _row(clip: Clip, use: str, taken: Taken) -> Frame:
    fields = ("seconds", "number", "sha256", "next_sha256", "width", "height", "motion")
    return Frame(clip=clip, use=use, **{field: getattr(taken, field) for field in fields})
