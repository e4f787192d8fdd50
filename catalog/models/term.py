"""Genres, tags and scene genres: one table, since labels, predictions, thresholds and search treat them alike."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Term(models.Model):
    """A genre, a tag or a scene genre, in English and Korean."""

    class Kind(models.TextChoices):
        GENRE = "genre", _("genre")
        TAG = "tag", _("tag")
        SCENE = "scene", _("scene genre")

    kind = models.CharField(max_length=5, choices=Kind.choices)
    slug = models.SlugField(max_length=60)
    name_en = models.CharField(max_length=60)
    name_ko = models.CharField(max_length=60)
    aliases = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    guideline_en = models.TextField(blank=True)
    guideline_ko = models.TextField(blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["kind", "name_en"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "slug"], name="term_slug"),
            models.CheckConstraint(condition=models.Q(kind__in=["genre", "tag", "scene"]), name="term_kind"),
        ]

    def __str__(self) -> str:
        return self.name_en

    @property
    def name(self) -> str:
        return self.name_ko if get_language() == "ko" else self.name_en

    @property
    def guideline(self) -> str:
        return (self.guideline_ko if get_language() == "ko" else "") or self.guideline_en


class SourceName(models.Model):
    """A genre or tag name met in an import that no term answers to, waiting to be mapped by a person.

    With a term it means that term from now on; ignored ones are left out knowingly.
    """

    kind = models.CharField(max_length=5, choices=Term.Kind.choices)
    name = models.CharField(max_length=120)
    source = models.CharField(max_length=60)
    films = models.PositiveIntegerField(default=0, help_text="films that carried it when last met")
    example = models.CharField(max_length=80, blank=True, help_text="key of one such film")
    term = models.ForeignKey(Term, on_delete=models.SET_NULL, null=True, blank=True)
    ignored = models.BooleanField(default=False)
    met_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-films", "name"]
        constraints = [models.UniqueConstraint(fields=["kind", "name"], name="source_name")]

    def __str__(self) -> str:
        return self.name
