"""Films and their posters."""

from typing import Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Value
from django.db.models.functions import MD5, Cast, Coalesce, Lower, NullIf
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from catalog.models.titles import Squeezed, StartsLike, TitleStarts
from catalog.picture_child import WIDTHS


class JoinedText(models.Func):
    """Text columns as one, kept apart by a character that no text has."""

    template = "(%(expressions)s)"
    arg_joiner = " || chr(31) || "
    output_field = models.TextField()


# What a text encoder reads; a change of any part makes stored vectors and predictions stale.
_TEXT_PARTS = ("title", "title_original", "plot", "plot_ko")


class FilmQuerySet(models.QuerySet["Film"]):
    def published(self) -> Self:
        return self.filter(published=True)

    def visible_to(self, user: "AbstractBaseUser | AnonymousUser") -> Self:
        """What is unpublished is there for admins only."""
        return self.all() if getattr(user, "may_administer", False) else self.published()

    def with_title(self, text: str) -> Self:
        """Films in whose titles, in any language, words begin as each word of the text does.

        Accents, spaces and signs make no difference, and Korean is found from any syllable on and by its initial
        consonants. By an index, save for a text of signs alone, which must stand in the title as it is.
        """
        from catalog.search.typed import starts_query  # search knows films

        if not text:
            return self
        if query := starts_query(text):
            return self.filter(StartsLike(TitleStarts("titles"), Value(query)))
        return self.filter(titles__contains=text)

    def directed_by(self, name: str) -> Self:
        """Films whose directors' names have words that begin as each word of the name does, as titles do."""
        from catalog.search.typed import starts_query

        query = starts_query(name)
        return self.filter(StartsLike(TitleStarts("director"), Value(query))) if query else self.none()


class Film(models.Model):
    """One film. `key` never changes: the IMDb id where one is known, otherwise a slug of our own.

    `revision` counts accepted changes; who saves with an old revision gets a conflict.
    """

    key = models.CharField(_("key"), max_length=80, unique=True)
    imdb_id = models.CharField(_("IMDb id"), max_length=12, unique=True, null=True, blank=True)
    title = models.CharField(_("title"), max_length=300)
    title_original = models.CharField(_("original title"), max_length=300, blank=True)
    title_ko = models.CharField(_("Korean title"), max_length=300, blank=True)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=40, blank=True)
    country = models.CharField(_("country"), max_length=120, blank=True)
    director = models.CharField(_("director"), max_length=300, blank=True)
    plot = models.TextField(_("plot"), blank=True)
    plot_ko = models.TextField(_("plot in Korean"), blank=True)
    plot_source = models.CharField(max_length=60, blank=True)
    source = models.CharField(_("source"), max_length=60, blank=True)
    licence = models.CharField(_("licence"), max_length=60, blank=True)
    # Ids elsewhere and official splits: {"movielens": "1", "tmdb": "862", "split:mmimdb": "train"}.
    external = models.JSONField(default=dict, blank=True)
    poster_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    published = models.BooleanField(_("published"), default=True)
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    titles = models.GeneratedField(
        expression=Lower(JoinedText("title", "title_original", "title_ko")),
        output_field=models.TextField(),
        db_persist=True,
    )
    text_hash = models.GeneratedField(
        expression=MD5(JoinedText(*_TEXT_PARTS)), output_field=models.CharField(max_length=32), db_persist=True
    )
    input_hash = models.GeneratedField(
        expression=MD5(
            JoinedText(
                *_TEXT_PARTS,
                Coalesce(Cast("year", models.TextField()), Value("")),
                "language",
                "poster_sha256",
            )
        ),
        output_field=models.CharField(max_length=32),
        db_persist=True,
    )

    objects = FilmQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(models.F("year").desc(nulls_last=True), models.F("id").desc(), name="film_by_year"),
            models.Index(fields=["title", "id"], name="film_by_title"),
            models.Index(Coalesce(NullIf("title_ko", Value("")), "title"), "id", name="film_by_title_ko"),
            GinIndex(TitleStarts("titles"), name="film_title_starts"),
            GinIndex(TitleStarts("director"), name="film_director_starts"),
            models.Index(Squeezed("title"), "id", name="film_title_squeezed"),
            models.Index(Squeezed("title_ko"), "id", name="film_title_ko_squeezed", condition=~models.Q(title_ko="")),
            # Left out of every count; few, so that leaving them out costs nothing.
            models.Index(fields=["id"], name="film_unpublished", condition=models.Q(published=False)),
            # Whose poster is this file? Asked whenever one is served.
            models.Index(fields=["poster_sha256"], name="film_by_poster", condition=~models.Q(poster_sha256="")),
            GinIndex(fields=["external"], name="film_external", opclasses=["jsonb_path_ops"]),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(title=""), name="film_has_title"),
            models.CheckConstraint(
                condition=models.Q(year=None) | models.Q(year__range=(1870, 2100)), name="film_year"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.year})" if self.year else self.title

    def get_absolute_url(self) -> str:
        return reverse("film", args=[self.key])

    @property
    def shown_title(self) -> str:
        """The title in the reader's language where there is one."""
        return (self.title_ko if get_language() == "ko" else "") or self.title

    @property
    def shown_plot(self) -> str:
        return (self.plot_ko if get_language() == "ko" else "") or self.plot or self.plot_ko

    @property
    def poster_url(self) -> str:
        """Where the poster is served; the name is its hash, so it may be cached for ever. Empty without one."""
        return f"{settings.MEDIA_URL}{poster_path(self.poster_sha256)}" if self.poster_sha256 else ""

    @property
    def thumbnail_url(self) -> str:
        return f"{settings.MEDIA_URL}{thumbnail_path(self.poster_sha256)}" if self.poster_sha256 else ""

    @property
    def tiny_url(self) -> str:
        """For rows of lists, 48 pixels wide or so."""
        return f"{settings.MEDIA_URL}{sized_poster_path(self.poster_sha256, 'tiny')}" if self.poster_sha256 else ""

    @property
    def poster_srcset(self) -> str:
        """The poster in every width that there is, for the browser to choose. Reads `poster`: select it along."""
        poster = getattr(self, "poster", None)
        if not self.poster_sha256 or poster is None or not poster.width:
            return ""
        sized = [
            f"{settings.MEDIA_URL}{sized_poster_path(self.poster_sha256, size)} {WIDTHS[size]}w"
            for size in poster_sizes(poster.width)
            if WIDTHS[size] < poster.width
        ]
        return ", ".join([*reversed(sized), f"{self.poster_url} {poster.width}w"])


class Poster(models.Model):
    """The picture of a film: re-encoded by us, stored under the SHA-256 of its bytes."""

    film = models.OneToOneField(Film, on_delete=models.CASCADE, related_name="poster")
    sha256 = models.CharField(max_length=64)
    # Of the file as it was handed in: the same file again needs no second decoding.
    source_sha256 = models.CharField(max_length=64, db_index=True)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    size = models.PositiveIntegerField(help_text="bytes")
    source = models.CharField(max_length=200, blank=True)
    licence = models.CharField(max_length=60, blank=True)
    added_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.film_id}: {self.width}×{self.height}"


def poster_path(sha256: str) -> str:
    """Path below MEDIA_ROOT of a poster's JPEG."""
    return f"posters/{sha256[:2]}/{sha256}.jpg"


def thumbnail_path(sha256: str) -> str:
    """Path below MEDIA_ROOT of the same poster at list size."""
    return sized_poster_path(sha256, "small")


def sized_poster_path(sha256: str, size: str) -> str:
    """Path below MEDIA_ROOT of the poster at one of WIDTHS."""
    return f"posters/{sha256[:2]}/{sha256}-{size}.jpg"


def poster_sizes(width: int) -> list[str]:
    """Which files beside itself a poster of that width has: those that are narrower, and "small" always."""
    return [size for size, narrower in WIDTHS.items() if narrower < width or size == "small"]
