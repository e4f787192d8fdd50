"""Films and what people say about them."""

from catalog.models.clip import Clip, Frame, Upload
from catalog.models.desk import Claim, Pick, Remark, SecondAnswer, SecondReview, Visit
from catalog.models.film import Film, FilmQuerySet, Poster
from catalog.models.job import Job, JobFailure
from catalog.models.label import ChangeSet, Decision, FilmTerm, Label, Review
from catalog.models.searching import Posting, SavedSearch, Touched
from catalog.models.term import SourceName, Term, TermChange, TermExample
from catalog.models.titles import TitleWord
from catalog.models.token import ApiToken
from catalog.models.user import User

__all__ = [
    "ApiToken",
    "ChangeSet",
    "Claim",
    "Clip",
    "Decision",
    "Film",
    "FilmQuerySet",
    "FilmTerm",
    "Frame",
    "Job",
    "JobFailure",
    "Label",
    "Pick",
    "Poster",
    "Posting",
    "Remark",
    "Review",
    "SavedSearch",
    "SecondAnswer",
    "SecondReview",
    "SourceName",
    "Term",
    "TermChange",
    "TermExample",
    "TitleWord",
    "Touched",
    "Upload",
    "User",
    "Visit",
]
