"""What makes search fast and lets people keep one."""

import uuid

from django.db import models
from django.urls import reverse

from catalog.models.user import User


class BitField(models.Field):  # type: ignore[type-arg]
    """PostgreSQL's string of bits, read and written by SQL of our own."""

    def db_type(self, connection: object) -> str:
        return "bit varying"


class Posting(models.Model):
    """Which films of one block have something: a term, a decade, a language, a poster.

    A block is BLOCK films with ids beside each other; bit i is the film with id block * BLOCK + i. Derived from
    FilmTerm and Film by `catalog.search.postings`, and true save for the films in Touched.
    """

    BLOCK = 8192

    key = models.CharField(max_length=60, help_text="as in term/17, decade/1970, language/ko, has/poster")
    block = models.PositiveIntegerField()
    films = BitField(help_text="BLOCK bits")
    count = models.PositiveSmallIntegerField(help_text="of bits that are set")
    # For terms: two bytes for each set bit, in the films' order: the weight in thousandths.
    weights = models.BinaryField(default=b"")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "block"], name="one_posting_per_block")]
        indexes = [models.Index(fields=["block"], name="posting_by_block")]

    def __str__(self) -> str:
        return f"{self.key} {self.block}: {self.count}"


class Touched(models.Model):
    """A film whose postings are older than the film: search looks at such films themselves. Written by triggers."""

    film_id = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.film_id)


class SavedSearch(models.Model):
    """A search that somebody keeps, as its address says it, with a feed of what it newly finds."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_searches")
    name = models.CharField(max_length=100)
    query = models.CharField(max_length=2000, blank=True, help_text="what stands after the question mark")
    # Whoever knows it may read the feed: feed readers do not sign in.
    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="saved_search_name")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse('films')}?{self.query}" if self.query else reverse("films")

    def get_feed_url(self) -> str:
        return reverse("search-feed", args=[self.token])
