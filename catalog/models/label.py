"""What is said of films: labels now, decisions for ever, and what search sees.

The database keeps the rules (migration 0002): labels change only inside a change set, every change is written
to the log by a trigger, the log refuses UPDATE and DELETE, and only a person's change set may touch what a
person has decided.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.film import Film
from catalog.models.term import Term
from catalog.models.user import User


class Label(models.Model):
    """Whether a film has a term. No row means that nobody has said anything.

    "Unknown" is said by a person only ("I cannot tell"): it masks the term in training and, like any
    person's word, outlives every import.
    """

    class Value(models.TextChoices):
        YES = "yes", _("yes")
        NO = "no", _("no")
        UNKNOWN = "unknown", _("unknown")

    class Source(models.TextChoices):
        PERSON = "person", _("person")
        IMPORT = "import", _("import")

    # Whether film and term exist is checked once a statement (migration 0002): PostgreSQL's own check, row by row,
    # would take half of the time of an import. Both are found by the indexes below.
    film = models.ForeignKey(Film, models.PROTECT, related_name="labels", db_constraint=False, db_index=False)
    term = models.ForeignKey(Term, models.PROTECT, related_name="labels", db_constraint=False, db_index=False)
    value = models.CharField(max_length=7, choices=Value.choices)
    source = models.CharField(max_length=6, choices=Source.choices)
    origin = models.CharField(max_length=60, blank=True, help_text="the import's source")
    # By reference, never by name: the log is for ever, a name is not (catalog/accounts.py `forget`).
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    locked = models.BooleanField(default=False)
    # What the champion showed when a person decided.
    shown_score = models.FloatField(null=True, blank=True)
    shown_version = models.CharField(max_length=80, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["film", "term"], name="one_label_per_film_and_term"),
            models.CheckConstraint(condition=models.Q(value__in=["yes", "no", "unknown"]), name="label_value"),
            models.CheckConstraint(condition=models.Q(source__in=["person", "import"]), name="label_source"),
            models.CheckConstraint(
                condition=~models.Q(value="unknown") | models.Q(source="person"),
                name="only_a_person_says_unknown",
            ),
            models.CheckConstraint(
                condition=models.Q(locked=False) | models.Q(source="person"), name="only_a_person_locks"
            ),
            models.CheckConstraint(
                condition=models.Q(source="person", decided_by__isnull=False, origin="")
                | models.Q(source="import", decided_by=None),
                name="a_person_label_names_its_person",
            ),
        ]
        indexes = [models.Index(fields=["term", "value"], name="label_by_term")]

    def __str__(self) -> str:
        return f"{self.film_id} {self.term_id}: {self.value}"


class ChangeSet(models.Model):
    """Label changes that were made together and can be undone together."""

    class Kind(models.TextChoices):
        DECIDE = "decide", _("decision")
        UNDO = "undo", _("undo")
        BULK = "bulk", _("bulk decision")
        IMPORT = "import", _("import")

    kind = models.CharField(max_length=6, choices=Kind.choices)
    # People may leave; what they decided stays, so an account is anonymised rather than deleted.
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="change_sets")
    undoes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="undone_by")
    note = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="import") | models.Q(user__isnull=False),
                name="a_decision_has_a_person",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["decide", "undo", "bulk", "import"]), name="change_set_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Decision(models.Model):
    """One label's change, written by the database. Empty `before` or `after`: there was, or is, no label.

    What it refers to was there when the label was written, and stays: migration 0002 refuses the deletion.
    """

    change_set = models.ForeignKey(
        ChangeSet, models.PROTECT, related_name="decisions", db_constraint=False, db_index=False
    )
    film = models.ForeignKey(Film, models.PROTECT, related_name="decisions", db_constraint=False, db_index=False)
    term = models.ForeignKey(Term, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    before = models.CharField(max_length=7, blank=True)
    before_source = models.CharField(max_length=6, blank=True)
    before_origin = models.CharField(max_length=60, blank=True)
    before_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False, db_index=False
    )
    before_locked = models.BooleanField(default=False)
    after = models.CharField(max_length=7, blank=True)
    after_source = models.CharField(max_length=6, blank=True)
    after_origin = models.CharField(max_length=60, blank=True)
    after_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False, db_index=False
    )
    after_locked = models.BooleanField(default=False)
    shown_score = models.FloatField(null=True, blank=True)
    shown_version = models.CharField(max_length=80, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["film", "-id"], name="decision_history"),
            models.Index(fields=["change_set"], name="decision_change_set"),
        ]

    def __str__(self) -> str:
        return f"{self.film_id} {self.term_id}: {self.before or '–'} → {self.after or '–'}"


class FilmTerm(models.Model):
    """What search sees: labels first, then the champion's terms above their thresholds.

    Derived, rebuilt by `catalog.search.refresh`; nothing else writes here.
    """

    class Origin(models.TextChoices):
        PERSON = "person", _("person")
        IMPORT = "import", _("import")
        MODEL = "model", _("model")

    film = models.ForeignKey(Film, on_delete=models.CASCADE, related_name="film_terms", db_index=False)
    term = models.ForeignKey(Term, on_delete=models.CASCADE, related_name="film_terms", db_index=False)
    weight = models.FloatField(help_text="1 for a label, the score for a prediction")
    origin = models.CharField(max_length=6, choices=Origin.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["film", "term"], name="film_term_once")]
        indexes = [models.Index(fields=["term", "-weight", "film"], name="film_term_search")]

    def __str__(self) -> str:
        return f"{self.film_id} {self.term_id} {self.weight:.2f}"


class Review(models.Model):
    """What waits for a person on one film: how many proposals nobody has decided on, and how unsure the model is.

    Derived from labels and scores, rebuilt by `catalog.search.refresh` together with FilmTerm, so that the list
    can be filtered and sorted without looking at scores. No row: the champion has said nothing of the film.
    """

    film = models.OneToOneField(Film, on_delete=models.CASCADE, primary_key=True, related_name="review")
    waiting = models.PositiveSmallIntegerField(help_text="proposed terms of which nothing is said")
    doubt = models.FloatField(help_text="1: a score is on its threshold; 0: none is near")

    class Meta:
        indexes = [
            models.Index(fields=["-doubt", "-film"], name="review_by_doubt"),
            models.Index(fields=["-film"], name="review_waiting", condition=models.Q(waiting__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.film_id}: {self.waiting} waiting"
