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
    # What has the narrower term has the wider one: who searches Crime finds Heist, who leaves Crime out leaves it out.
    parent = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="children")
    # A term that became part of another one is inactive, and its names mean that one.
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")

    class Meta:
        ordering = ["kind", "name_en"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "slug"], name="term_slug"),
            models.CheckConstraint(condition=models.Q(kind__in=["genre", "tag", "scene"]), name="term_kind"),
            models.CheckConstraint(
                condition=models.Q(parent=None) | ~models.Q(parent=models.F("id")), name="no_parent_of_itself"
            ),
            models.CheckConstraint(
                condition=models.Q(merged_into=None) | models.Q(active=False), name="a_merged_term_is_inactive"
            ),
        ]

    def __str__(self) -> str:
        return self.name_en

    @property
    def name(self) -> str:
        return self.name_ko if get_language() == "ko" else self.name_en

    @property
    def guideline(self) -> str:
        return (self.guideline_ko if get_language() == "ko" else "") or self.guideline_en


class TermExample(models.Model):
    """A film that shows what a term's guideline means: one that has the term, or one that only seems to."""

    term = models.ForeignKey(Term, on_delete=models.CASCADE, related_name="examples")
    film = models.ForeignKey("catalog.Film", on_delete=models.CASCADE, related_name="+")
    good = models.BooleanField(help_text="has the term; otherwise it only seems to")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-good", "id"]
        constraints = [models.UniqueConstraint(fields=["term", "film"], name="one_example_per_film")]

    def __str__(self) -> str:
        return f"{self.term_id}: {self.film_id}"


class TermChange(models.Model):
    """One change of the vocabulary, with what was there before, so that it can be taken back. Append-only."""

    class Kind(models.TextChoices):
        ADD = "add", _("added")
        EDIT = "edit", _("edited")
        MERGE = "merge", _("merged")
        RETIRE = "retire", _("retired")
        RESTORE = "restore", _("restored")
        UNDO = "undo", _("undone")

    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="changes")
    user = models.ForeignKey("catalog.User", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=7, choices=Kind.choices)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    # The labels that moved with a merge.
    change_set = models.ForeignKey("catalog.ChangeSet", models.PROTECT, null=True, blank=True, related_name="+")
    undoes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="undone_by")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["add", "edit", "merge", "retire", "restore", "undo"]),
                name="term_change_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.term_id} {self.kind}"


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
