"""Footage: clips of films, and the frames that were taken from them."""

import uuid
from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.film import Film
from catalog.models.user import User


def clip_path(sha256: str) -> str:
    """Where a clip's file lies under CLIPS_DIR, as it was handed in."""
    return f"{sha256[:2]}/{sha256}"


def frame_path(sha256: str) -> str:
    """Where a frame, or a strip of them, lies under MEDIA_ROOT."""
    return f"frames/{sha256[:2]}/{sha256}.jpg"


def picture_url(sha256: str) -> str:
    """Where it is served; empty without one."""
    return f"{settings.MEDIA_URL}{frame_path(sha256)}" if sha256 else ""


class Clip(models.Model):
    """A video file of a film. The file is kept as it came, under its hash; what is known of it was read by a limited
    child process."""

    film = models.ForeignKey(Film, on_delete=models.CASCADE, related_name="clips")
    sha256 = models.CharField(max_length=64)
    name = models.CharField(_("file name"), max_length=200)
    size = models.PositiveBigIntegerField(help_text="bytes")
    container = models.CharField(max_length=40)
    codec = models.CharField(max_length=40)
    width = models.PositiveIntegerField(help_text="pixels, as shown: turned upright, pixels square")
    height = models.PositiveIntegerField()
    fps = models.FloatField(help_text="mean frames per second")
    seconds = models.FloatField()
    # Parts of the clip that may be used, [[start, end], …] in seconds; none: all of it.
    sections = models.JSONField(default=list, blank=True)
    # Thumbnails at even distances, side by side in one picture.
    strip_sha256 = models.CharField(max_length=64, blank=True)
    strip_count = models.PositiveSmallIntegerField(default=0)
    source = models.CharField(max_length=200, blank=True)
    licence = models.CharField(max_length=60, blank=True)
    added_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["film", "sha256"], name="clip_once")]
        # Whose strip is this file? Asked whenever one is served.
        indexes = [models.Index(fields=["strip_sha256"], name="clip_by_strip", condition=~models.Q(strip_sha256=""))]

    def __str__(self) -> str:
        return self.name

    @property
    def file(self) -> Path:
        return Path(settings.CLIPS_DIR) / clip_path(self.sha256)

    @property
    def strip_url(self) -> str:
        return picture_url(self.strip_sha256)


class Frame(models.Model):
    """A frame of a clip: for tagging alone, or with the frame that comes next, as a pair."""

    class Use(models.TextChoices):
        PAIR = "pair", _("pair")
        TAGGING = "tagging", _("tagging")

    clip = models.ForeignKey(Clip, on_delete=models.CASCADE, related_name="frames")
    use = models.CharField(max_length=7, choices=Use.choices)
    seconds = models.FloatField(help_text="when it is shown, from the clip's beginning")
    number = models.PositiveIntegerField(null=True, help_text="from 0 in the order of showing, where it was counted")
    sha256 = models.CharField(max_length=64)
    next_sha256 = models.CharField(max_length=64, blank=True)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    # Of a pair: how much moves from the frame to the next (catalog/footage/motion.py).
    motion = models.FloatField(null=True)

    class Meta:
        ordering = ["clip", "seconds"]
        constraints = [
            models.UniqueConstraint(fields=["clip", "use", "seconds"], name="frame_once"),
            models.CheckConstraint(condition=models.Q(use__in=["pair", "tagging"]), name="frame_use"),
            models.CheckConstraint(
                condition=models.Q(use="pair") ^ models.Q(next_sha256=""), name="a_pair_has_a_next_frame"
            ),
        ]
        indexes = [
            # Whose frame is this file? Asked whenever one is served.
            models.Index(fields=["sha256"], name="frame_by_file"),
            models.Index(fields=["next_sha256"], name="frame_by_next", condition=~models.Q(next_sha256="")),
        ]

    def __str__(self) -> str:
        return f"{self.clip} at {self.seconds:.2f} s"

    @property
    def url(self) -> str:
        return picture_url(self.sha256)

    @property
    def next_url(self) -> str:
        return picture_url(self.next_sha256)

    @property
    def file(self) -> Path:
        return Path(settings.MEDIA_ROOT) / frame_path(self.sha256)

    @property
    def next_file(self) -> Path | None:
        return Path(settings.MEDIA_ROOT) / frame_path(self.next_sha256) if self.next_sha256 else None


class Upload(models.Model):
    """A large file on its way in pieces; how much has come is the size of its file (tus 1.0, https://tus.io)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    film = models.ForeignKey(Film, on_delete=models.CASCADE, related_name="uploads")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField(help_text="bytes in all")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name
