"""How titles are compared: without accents, case, spaces and signs, and from any of their words on.

The functions live in the database (migration title_words), because indexes are made of them; `catalog.search.typed`
says the same in Python for what people type.
"""

from django.contrib.postgres.search import SearchVectorField
from django.db import models


class Squeezed(models.Func):
    """A title as one word: "The Dark Knight" → thedarkknight. Sorted byte by byte."""

    function = "catalog_squeezed"
    template = '(%(function)s(%(expressions)s) COLLATE "C")'
    output_field = models.TextField()


class TitleStarts(models.Func):
    """Where a search may begin within titles, as a tsvector: darkknight, knight, thedarkknight."""

    function = "catalog_title_starts"
    output_field = SearchVectorField()


class StartsLike(models.Func):
    """Whether title starts fit a tsquery, given as text."""

    template = "(%(expressions)s::tsquery)"
    arg_joiner = " @@ "
    output_field = models.BooleanField()


class TitleWord(models.Model):
    """A word of titles and how many titles have it: what somebody may have meant who mistyped one.

    Derived, made anew now and then by `catalog.search.typos.learn`.
    """

    word = models.CharField(max_length=40, primary_key=True)
    films = models.PositiveIntegerField()

    def __str__(self) -> str:
        return self.word
