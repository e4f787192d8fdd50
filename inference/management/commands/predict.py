"""Bring predictions up to date in the foreground."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from catalog.models import Film, FilmQuerySet
from catalog.progress import Console
from inference.predict import UNUSABLE, Predicted, predict_stale
from training import registry
from training.management.figures import add_json_argument, write_json
from training.models import ModelVersion


class Command(BaseCommand):
    help = "Predict films that are new or have changed, by the champion of every task."

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--all", action="store_true", help="every film, those that are up to date too")
        which.add_argument("--film", nargs="+", metavar="KEY", help="these films, up to date or not")
        parser.add_argument("--model", metavar="VERSION", help="by this version, as genres-3, instead of the champions")
        add_json_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        films = _films(options["film"]) if options["film"] else None
        before = timezone.now() if options["all"] or films is not None else None
        progress = Console(self.stderr.write)
        try:
            done = [_predict(version, films, before, progress) for version in _versions(options["model"])]
        finally:
            progress.close()
        figures = {"versions": [one.as_dict() for one in done], "failures": progress.failures}
        write_json(options["json"], figures)
        for one in done:
            self.stdout.write(_sentence(one))
        for item, reason in progress.failures:
            self.stderr.write(f"{item}: {reason}")


def _versions(name: str | None) -> list[ModelVersion]:
    if name:
        try:
            return [registry.find(name)]
        except registry.UnknownVersion as error:
            raise CommandError(str(error), returncode=2) from None
    champions = list(ModelVersion.objects.filter(champion=True))
    if not champions:
        raise CommandError("There is no champion yet: train one with `manage.py retrain genres`.", returncode=2)
    return champions


def _films(keys: list[str]) -> FilmQuerySet:
    films = Film.objects.filter(key__in=keys)
    missing = sorted(set(keys) - set(films.values_list("key", flat=True)))
    if missing:
        raise CommandError(f"There is no film {missing[0]!r}.", returncode=2)
    return films


def _predict(
    version: ModelVersion, films: FilmQuerySet | None, before: datetime | None, progress: Console
) -> Predicted:
    try:
        return predict_stale(version, films=films, before=before, progress=progress)
    except UNUSABLE as error:
        raise CommandError(str(error), returncode=2) from error


def _sentence(done: Predicted) -> str:
    if not done.films:
        return f"{done.version}: 0 stale, nothing to predict."
    kinds = {"plot only": done.plot_only, "poster only": done.poster_only, "neither": done.neither}
    kinds |= {"frames": done.frames_only}
    without = ", ".join(f"{kind} {count:,}" for kind, count in kinds.items() if count)
    speed = f"{done.films:,} films in {done.seconds:.1f} s ({done.films / max(done.seconds, 0.01):,.0f}/s)"
    return f"{done.version}: {speed}" + (f"; {without}." if without else ".")
