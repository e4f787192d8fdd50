"""What models say of films."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from pgvector.django import HalfVectorField

from catalog.models import Film, Frame, Term, User
from training.models import ModelVersion


class Prediction(models.Model):
    """One version's scores for one film.

    Stale when `input_hash` differs from the film's, or for scene genres from that of its frames: the query for such
    films is the queue of prediction work.
    """

    film = models.ForeignKey(Film, on_delete=models.CASCADE, related_name="predictions")
    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="predictions")
    scores = ArrayField(models.FloatField(), help_text="calibrated, 0 to 1, in the order of the version's terms")
    input_hash = models.CharField(max_length=32)
    inputs = ArrayField(models.CharField(max_length=10), help_text="what there was to see: plot, poster")
    predicted_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["film", "version"], name="one_prediction_per_version")]

    def __str__(self) -> str:
        return f"{self.film_id} by {self.version_id}"


class Suspect(models.Model):
    """A label that is probably wrong: what a model that never saw the film thinks of it.

    Derived, made anew with the desk's picks.
    """

    film = models.ForeignKey(Film, on_delete=models.CASCADE, related_name="suspects", db_index=False)
    term = models.ForeignKey(Term, on_delete=models.CASCADE, related_name="+")
    value = models.CharField(max_length=3, help_text="what the label says: yes or no")
    score = models.FloatField(help_text="out of fold, calibrated")
    quality = models.FloatField(help_text="of the label: near 0 is probably wrong, near 1 is probably right")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["film", "term"], name="one_suspicion_per_label"),
            models.CheckConstraint(condition=models.Q(value__in=["yes", "no"]), name="suspected_value"),
        ]
        indexes = [models.Index(fields=["quality"], name="suspect_by_quality")]

    def __str__(self) -> str:
        return f"{self.film_id} {self.term_id}: {self.quality:.3f}"


class Links(models.Model):
    """What known labels say about the rest of a film, for a version that judges each term by itself.

    Derived, made anew with the desk's picks: training/cooccurrence.py fits it and measures whether it helps.
    """

    version = models.OneToOneField(ModelVersion, on_delete=models.CASCADE, related_name="links")
    weights = ArrayField(models.FloatField(), help_text="(T, T + 5) row by row, in the order of the version's terms")
    helps = models.BooleanField(help_text="given labels make the other scores better on validation films")
    figures = models.JSONField(default=dict, help_text="bits per cell before and after, by how many labels were given")
    made_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "links"

    def __str__(self) -> str:
        return f"{self.version}: {'in use' if self.helps else 'of no help'}"


class Preview(models.Model):
    """What would change if a version were promoted: made from its predictions before anybody relies on them."""

    version = models.OneToOneField(ModelVersion, on_delete=models.CASCADE, related_name="preview")
    against = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    figures = models.JSONField(default=dict)
    made_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.version} before its promotion"


class Receipt(models.Model):
    """What a person's decisions have come to: how many went into a version, and how many other films it moved."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="receipts")
    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="receipts")
    decisions = models.PositiveIntegerField()
    moved = models.PositiveIntegerField(help_text="other films whose terms the version changed")
    figures = models.JSONField(default=dict, help_text="by term")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["user", "version"], name="one_receipt_per_version")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.decisions} in {self.version}"


class Tagging(models.Model):
    """What one tagger found in the frames of a film: how often each tag appeared, and in how many frames it could.

    `tagger` names model, adapter and prompts; the same tagger on other frames replaces what it said before.
    """

    film = models.ForeignKey(Film, on_delete=models.CASCADE, related_name="taggings")
    tagger = models.CharField(max_length=160)
    version = models.ForeignKey(ModelVersion, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    frames = models.PositiveIntegerField(help_text="looked at")
    counts = models.JSONField(default=dict, help_text="tag's slug to the number of frames it appeared in")
    tagged_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-tagged_at"]
        constraints = [models.UniqueConstraint(fields=["film", "tagger"], name="tagged_once_by_each")]

    def __str__(self) -> str:
        return f"{self.film_id} by {self.tagger}"


class Caption(models.Model):
    """What a tagger said of one frame, and the words in it that stand for tags: the evidence."""

    tagging = models.ForeignKey(Tagging, on_delete=models.CASCADE, related_name="captions")
    frame = models.ForeignKey(Frame, on_delete=models.CASCADE, related_name="captions")
    text = models.TextField(blank=True)
    # {"rain": "rainy"}: a tag's slug to the words that it was found by, or to a score where there are no words.
    matches = models.JSONField(default=dict)

    class Meta:
        ordering = ["frame"]
        constraints = [models.UniqueConstraint(fields=["tagging", "frame"], name="one_caption_per_frame")]

    def __str__(self) -> str:
        return self.text[:60]


class Relevance(models.Model):
    """How well a tag fits a film according to the MovieLens tag genome: shown beside what its frames show."""

    film = models.ForeignKey(Film, on_delete=models.CASCADE, related_name="relevances", db_index=False)
    term = models.ForeignKey(Term, on_delete=models.CASCADE, related_name="+")
    value = models.FloatField(help_text="0 to 1")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["film", "term"], name="one_relevance_per_tag"),
            models.CheckConstraint(condition=models.Q(value__gte=0, value__lte=1), name="relevance_is_a_share"),
        ]

    def __str__(self) -> str:
        return f"{self.film_id} {self.term_id}: {self.value:.3f}"


# Films by meaning: derived from films, written by inference.meaning.reading alone -------------------------------


class UnreadFilm(models.Model):
    """A film whose title or plot is newer than what search by meaning knows of it. Written by triggers."""

    film_id = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.film_id)


class FilmText(models.Model):
    """The words of a film's titles and plots: English ones by their stems, Hangul, kana and Han by pairs."""

    film = models.OneToOneField(Film, on_delete=models.CASCADE, primary_key=True, related_name="+")
    words = SearchVectorField()

    class Meta:
        indexes = [GinIndex(fields=["words"], name="film_text_words")]

    def __str__(self) -> str:
        return str(self.film_id)


class FilmVector(models.Model):
    """What the text encoder makes of a film's title and plot, at half precision. All of one TextSpace."""

    film = models.OneToOneField(Film, on_delete=models.CASCADE, primary_key=True, related_name="+")
    vector = HalfVectorField()

    def __str__(self) -> str:
        return str(self.film_id)


class Lexeme(models.Model):
    """In how many films a word occurs, as counted when the films were last read at large."""

    lexeme = models.CharField(max_length=2046, primary_key=True)
    films = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.lexeme}: {self.films}"


class TextSpace(models.Model):
    """The encoder whose vectors FilmVector holds, and what was measured of it on this site's films. One row."""

    encoder = models.CharField(max_length=160, unique=True)
    dimension = models.PositiveIntegerField()
    korean = models.BooleanField(default=False, help_text="whether it finds English sentences by Korean ones")
    floor = models.FloatField(default=0, help_text="the similarity that nonsense reaches with these films")
    films = models.PositiveIntegerField(default=0, help_text="when the floor was measured")
    made_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.encoder
