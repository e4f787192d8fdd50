"""Tag films by what their frames, or their plots, show."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.models import Film, FilmQuerySet
from catalog.progress import Console
from catalog.vocabulary import ratios
from inference.models import Tagging
from inference.tags import files as tag_files
from inference.tags import taggers, tagging
from inference.tags.taggers import TAGGERS, Options, TaggerUnavailable, plot
from training.management.figures import add_json_argument, write_json


class Command(BaseCommand):
    help = (
        "Tag films: captions of their frames matched with the vocabulary, with counts and appearance ratios, or the "
        "champion's tags by plot. What was looked at before is not looked at again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("films", nargs="*", metavar="FILM", help="keys; by default every film that has frames")
        parser.add_argument("--tagger", default="plot", choices=list(TAGGERS), help="plot needs no footage")
        parser.add_argument("--model", default="", help="a hub id or a folder, or the name on the server")
        parser.add_argument("--adapter", default="", metavar="VERSION", help="a registered adapter of a captioner")
        parser.add_argument("--size", default="original", choices=taggers.SIZES, help="at which frames are captioned")
        parser.add_argument("--ask", default="", choices=taggers.ASKS, help="for captions, or for tags directly")
        parser.add_argument("--every", action="store_true", help="also frames that were looked at before")
        parser.add_argument("--rematch", action="store_true", help="only match stored captions with the tags of now")
        parser.add_argument("--csv", type=Path, metavar="FILE", help="write tag(count, ratio%%) of each film here")
        add_json_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        progress = Console(self.stderr.write)
        try:
            figures = self._run(options, progress)
        except TaggerUnavailable as error:
            raise CommandError(str(error), returncode=2) from error
        except OSError as error:
            raise CommandError(f"{options['csv']} cannot be written: {error.strerror}.", returncode=2) from error
        finally:
            progress.close()
        write_json(options["json"], figures | {"failures": progress.failures})
        for item, reason in progress.failures:
            self.stderr.write(f"{item}: {reason}")

    def _run(self, options: dict[str, Any], progress: Console) -> dict[str, Any]:
        if options["rematch"]:
            changed = tagging.rematch(progress)
            self.stdout.write(f"{changed:,} captions name other tags than before.")
            return {"rematched": changed}
        films = _films(options["films"])
        if TAGGERS[options["tagger"]].sees == "plot":
            return self._by_plot(films, options, progress)
        return self._by_frames(films, options, progress)

    def _by_frames(self, films: FilmQuerySet | None, options: dict[str, Any], progress: Console) -> dict[str, Any]:
        asked = Options(options["model"], options["adapter"], options["size"], options["ask"])
        tagger = taggers.make(options["tagger"], asked, tagging.site_tags())
        chosen = tagging.with_frames() if films is None else films
        done = tagging.tag_films(tagger, chosen, progress, everything=options["every"])
        for key in done.without_frames:
            progress.fail(key, "No frames: extract some with `manage.py extract_frames`.")
        found = Tagging.objects.filter(film__in=chosen, tagger=tagger.name)
        if options["csv"]:
            tag_files.write(options["csv"], tag_files.tagging_rows(found))
        self.stdout.write(
            f"{done.tagger}: {done.frames:,} frames of {done.films:,} films in {done.seconds:.1f} s"
            f" ({done.frames / max(done.seconds, 0.01):,.1f}/s); {done.kept:,} known before, {done.failed:,} failed."
        )
        return done.as_dict() | {"tags": [_figures(one) for one in found.select_related("film").order_by("film__key")]}

    def _by_plot(self, films: FilmQuerySet | None, options: dict[str, Any], progress: Console) -> dict[str, Any]:
        chosen = Film.objects.all() if films is None else films
        version = plot.champion().name
        said = list(plot.look(chosen, everything=options["every"], wait=True, progress=progress))
        if options["csv"]:
            tag_files.write(options["csv"], tag_files.plot_rows(said, version))
        mean = sum(len(one.scores) for one in said) / max(len(said), 1)
        self.stdout.write(f"{version}: {len(said):,} films, {mean:.1f} tags each.")
        return {"tagger": version, "films": len(said), "tags": [{"film": one.key, "tags": one.scores} for one in said]}


def _films(keys: list[str]) -> FilmQuerySet | None:
    if not keys:
        return None
    films = Film.objects.filter(key__in=keys)
    missing = sorted(set(keys) - set(films.values_list("key", flat=True)))
    if missing:
        raise CommandError(f"There is no film {missing[0]!r}.", returncode=2)
    return films


def _figures(found: Tagging) -> dict[str, Any]:
    shares = ratios(found.counts, found.frames)
    tags = {slug: {"count": found.counts[slug], "ratio": round(share, 4)} for slug, share in shares.items()}
    return {"film": found.film.key, "frames": found.frames, "tags": tags}
