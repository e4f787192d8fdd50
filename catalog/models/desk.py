"""The review desk: which films are worth a look, who has one in hand, what people remark, and second opinions."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models.film import Film
from catalog.models.label import Label
from catalog.models.term import Term
from catalog.models.user import User


class Pick(models.Model):
    """A film that one order of the desk offers, how much a look at it is worth, and why.

    Derived, made anew after each promotion. Doubt and age are columns elsewhere and need no pick.
    """

    class Order(models.TextChoices):
        ERROR = "error", _("Suspected errors")
        DISAGREEMENT = "disagreement", _("Disagreements")
        RARE = "rare", _("Rare genres")

    film = models.ForeignKey(Film, on_delete=models.CASCADE, related_name="picks", db_index=False)
    order = models.CharField(max_length=12, choices=Order.choices)
    term = models.ForeignKey(Term, on_delete=models.CASCADE, related_name="+")
    worth = models.FloatField(help_text="the higher the sooner; comparable within one order only")
    why = models.JSONField(default=dict, help_text="what the reason's sentence is made of")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["film", "order"], name="one_pick_per_order"),
            models.CheckConstraint(condition=Q(order__in=["error", "disagreement", "rare"]), name="pick_order"),
        ]
        indexes = [models.Index(fields=["order", "-worth", "film"], name="pick_by_worth")]

    def __str__(self) -> str:
        return f"{self.film_id} {self.order} {self.worth:.3f}"


class Claim(models.Model):
    """A film that somebody has before them: until then nobody else is given it. Anybody may still open it."""

    film = models.OneToOneField(Film, on_delete=models.CASCADE, primary_key=True, related_name="claim")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="claims")
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.film_id} by {self.user_id}"


class Visit(models.Model):
    """Somebody has finished with a film at the desk, or left it for a reason. What was decided is in the log."""

    class Outcome(models.TextChoices):
        DONE = "done", _("done")
        SKIPPED = "skipped", _("skipped")

    film = models.ForeignKey(Film, on_delete=models.CASCADE, related_name="visits", db_index=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="visits", db_index=False)
    order = models.CharField(max_length=12, help_text="in which the film was offered")
    outcome = models.CharField(max_length=7, choices=Outcome.choices)
    reason = models.CharField(max_length=300, blank=True, help_text="why it was skipped")
    decisions = models.PositiveSmallIntegerField(default=0)
    seconds = models.FloatField(null=True, blank=True, help_text="from its first sight to the end")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=["done", "skipped"]), name="visit_outcome"),
        ]
        indexes = [
            models.Index(fields=["film", "-at"], name="visit_by_film"),
            models.Index(fields=["user", "-at"], name="visit_by_user"),
        ]

    def __str__(self) -> str:
        return f"{self.film_id} {self.outcome} by {self.user_id}"


class Remark(models.Model):
    """What a curator wants others to know of a film: a note that stays, or a flag until somebody has dealt with it."""

    class Kind(models.TextChoices):
        NOTE = "note", _("note")
        FLAG = "flag", _("flag")

    film = models.ForeignKey(Film, on_delete=models.CASCADE, related_name="remarks")
    term = models.ForeignKey(Term, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="remarks")
    kind = models.CharField(max_length=4, choices=Kind.choices)
    text = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField(auto_now_add=True)
    resolved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["note", "flag"]), name="remark_kind"),
            models.CheckConstraint(condition=~Q(kind="note") | ~Q(text=""), name="a_note_says_something"),
            models.CheckConstraint(
                condition=Q(resolved_by=None, resolved_at=None)
                | Q(resolved_by__isnull=False, resolved_at__isnull=False),
                name="resolved_by_and_when",
            ),
        ]
        indexes = [models.Index(fields=["-at"], name="open_flags", condition=Q(kind="flag", resolved_at=None))]

    def __str__(self) -> str:
        return f"{self.kind} on {self.film_id}"


class SecondReview(models.Model):
    """A film that somebody else judges once more, without being shown what the first person said."""

    film = models.ForeignKey(Film, on_delete=models.CASCADE, related_name="second_reviews")
    first_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    second_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["film"], condition=Q(finished_at=None), name="one_open_second_review"),
            models.CheckConstraint(
                condition=Q(second_by=None) | ~Q(second_by=F("first_by")), name="a_second_review_is_by_another"
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(second_by__isnull=False), name="a_finished_second_review_has_a_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.film_id} again"


class SecondAnswer(models.Model):
    """What two people said of one term of a film, each without knowing the other's answer; and what was settled on.

    It is no label: where the two differ, the first one's stands until somebody settles it.
    """

    review = models.ForeignKey(SecondReview, on_delete=models.CASCADE, related_name="answers")
    term = models.ForeignKey(Term, on_delete=models.CASCADE, related_name="+")
    first = models.CharField(max_length=7, choices=Label.Value.choices)
    second = models.CharField(max_length=7, choices=Label.Value.choices)
    settled = models.CharField(max_length=7, choices=Label.Value.choices, blank=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "term"], name="one_second_answer"),
            models.CheckConstraint(condition=Q(first__in=["yes", "no", "unknown"]), name="second_answer_first"),
            models.CheckConstraint(condition=Q(second__in=["yes", "no", "unknown"]), name="second_answer_second"),
            models.CheckConstraint(
                condition=Q(settled="", settled_by=None, settled_at=None)
                | Q(settled__in=["yes", "no", "unknown"], settled_by__isnull=False, settled_at__isnull=False),
                name="settled_by_and_when",
            ),
        ]
        indexes = [
            models.Index(fields=["term"], name="unsettled", condition=~Q(first=F("second")) & Q(settled="")),
        ]

    def __str__(self) -> str:
        return f"{self.term_id}: {self.first}, {self.second}"
