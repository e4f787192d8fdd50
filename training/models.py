"""Runs, the versions that they made, which version is champion, and cached vectors."""

from pathlib import Path

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from pgvector.django import VectorField

from catalog.models import Job, User


class Task(models.TextChoices):
    """What a model is for. Each task has its own champion."""

    GENRES = "genres", _("genres")
    TAGS = "tags", _("tags")
    SCENES = "scenes", _("scene genres")

    @property
    def term_kind(self) -> str:
        return self.value.removesuffix("s")


class Run(models.Model):
    """One training: what was asked, on which labels, how it went."""

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    task = models.CharField(max_length=10, choices=Task.choices)
    options = models.JSONField(default=dict)
    state = models.CharField(max_length=9, choices=State.choices, default=State.RUNNING)
    message = models.CharField(max_length=500, blank=True)
    # SHA-256 over films, inputs, labels and split: the same hash and options give the same model.
    dataset_hash = models.CharField(max_length=64, blank=True)
    films = models.JSONField(default=dict, help_text="number of films per split")
    curves = models.JSONField(default=list, help_text="one object of figures per epoch")
    job = models.OneToOneField(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="run")
    started_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.task} run {self.pk}"


class ModelVersion(models.Model):
    """A trained model: a folder of data that never changes, and this row that points to it."""

    task = models.CharField(max_length=10, choices=Task.choices)
    number = models.PositiveIntegerField()
    architecture = models.CharField(max_length=40)
    # SHA-256 of the folder's manifest, which holds the SHA-256 of each of its files.
    manifest_sha256 = models.CharField(max_length=64)
    terms = ArrayField(models.SlugField(max_length=60), help_text="slugs, in the order of the scores")
    # What pages, search and the API go by; those that training found are sealed in the folder.
    thresholds = ArrayField(models.FloatField())
    revision = models.PositiveIntegerField(default=0, help_text="rises whenever a threshold is set by hand")
    config = models.JSONField(default=dict, help_text="encoders, options, preprocessing")
    metrics = models.JSONField(default=dict, help_text="on the frozen test films")
    dataset_hash = models.CharField(max_length=64)
    champion = models.BooleanField(default=False)
    run = models.OneToOneField(Run, on_delete=models.PROTECT, null=True, blank=True, related_name="version")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["task", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["task", "number"], name="version_number"),
            models.UniqueConstraint(fields=["task"], condition=models.Q(champion=True), name="one_champion_per_task"),
            models.CheckConstraint(condition=models.Q(task__in=["genres", "tags", "scenes"]), name="version_task"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """How people and commands call it, as in `manage.py promote genres-3`."""
        return f"{self.task}-{self.number}"

    @property
    def folder(self) -> Path:
        return Path(settings.MODELS_DIR) / self.task / str(self.number)

    def get_absolute_url(self) -> str:
        return reverse("version", args=[self.name])

    def fitted_thresholds(self) -> list[float]:
        """Those that training found, in the order of the terms. One query, none where none was ever changed."""
        if not self.revision:
            return self.thresholds
        first = self.cuts.order_by("term", "pk").distinct("term")
        found = dict(first.values_list("term", "before"))
        return [found.get(slug, cut) for slug, cut in zip(self.terms, self.thresholds, strict=True)]


class Promotion(models.Model):
    """Who made which version champion, when and why; the row before tells what a rollback goes back to."""

    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="promotions")
    replaced = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    rollback = models.BooleanField(default=False)
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.version} promoted"


class Cut(models.Model):
    """Who set a version's threshold of a term by hand, from what to what, when and why. Append-only.

    What the first change of a term found there is the threshold that training had found.
    """

    version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="cuts")
    term = models.SlugField(max_length=60, db_index=False)
    before = models.FloatField()
    after = models.FloatField()
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(after__gte=0, after__lte=1), name="threshold_is_a_share"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="a_threshold_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.term}: {self.before:.2f} to {self.after:.2f}"


class Embedding(models.Model):
    """What an encoder made of an input: computed once, shared by training, prediction and search.

    `input_hash` is a film's `text_hash`, or the `sha256` of a poster or a frame; `encoder` names weights and
    preprocessing.
    """

    encoder = models.CharField(max_length=160)
    input_hash = models.CharField(max_length=64)
    vector = VectorField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["encoder", "input_hash"], name="encode_once")]

    def __str__(self) -> str:
        return f"{self.encoder} {self.input_hash[:8]}"
