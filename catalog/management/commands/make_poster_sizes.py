"""Make the sizes of posters that were stored before there were such sizes."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.models import Poster
from catalog.pictures import BadPicture, make_missing_sizes
from catalog.progress import Console


class Command(BaseCommand):
    help = "Make the smaller sizes of stored posters where they are missing. What is there is left alone."

    def handle(self, *args: Any, **options: Any) -> None:
        progress = Console(self.stderr.write)
        posters = Poster.objects.select_related("film").only("sha256", "width", "film__key")
        made = helped = 0
        progress.start(posters.count(), "posters", "Poster sizes")
        for poster in posters.iterator(chunk_size=500):
            try:
                count = make_missing_sizes(poster)
            except BadPicture as error:
                progress.fail(poster.film.key, str(error))
                self.stderr.write(f"{poster.film.key}: {error}")
                count = 0
            made, helped = made + count, helped + bool(count)
            progress.advance()
        progress.close()
        self.stdout.write(f"{made:,} pictures made, for {helped:,} poster{'' if helped == 1 else 's'}.")
        if progress.failures:
            bad = len(progress.failures)
            raise CommandError(f"{bad:,} poster{'' if bad == 1 else 's'} could not be read.")
