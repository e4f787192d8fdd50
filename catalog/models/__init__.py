"""Films and what people say about them."""

from catalog.models.clip import Clip, Frame, Upload
from catalog.models.film import Film, FilmQuerySet, Poster
from catalog.models.job import Job, JobFailure
from catalog.models.label import ChangeSet, Decision, FilmTerm, Label, Review
from catalog.models.term import SourceName, Term
from catalog.models.token import ApiToken
from catalog.models.user import User

__all__ = [
    "ApiToken",
    "ChangeSet",
    "Clip",
    "Decision",
    "Film",
    "FilmQuerySet",
    "FilmTerm",
    "Frame",
    "Job",
    "JobFailure",
    "Label",
    "Poster",
    "Review",
    "SourceName",
    "Term",
    "Upload",
    "User",
]
