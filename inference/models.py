"""What models say of films."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from catalog.models import Film
from training.models import ModelVersion


class Prediction(models.Model):
    """One version's scores for one film.

    Stale when `input_hash` differs from the film's: the query for such films is the queue of prediction work.
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
