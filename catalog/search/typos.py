"""What was meant by what nobody has heard of: words of titles, and names of terms, that are a slip or two away.

At a million titles there are some hundred thousand different words. They are counted now and then (`learn`), kept by
each process that was asked for them, by length, and compared by rapidfuzz only where a search found nothing.
"""

import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone
from rapidfuzz import process
from rapidfuzz.distance import OSA

from catalog.models import Film, TitleWord
from catalog.search.typed import words

LEARNED = "title-words-learned"  # in the cache: when, and how many films had been written by then
OFTEN_ENOUGH = timedelta(hours=1)  # a million titles take the database some twenty seconds
LOCK = 0x776F7264  # one at a time learns
SHORTEST = 3  # letters of a word that may be mistyped
NEAREST = 5  # words among which the most frequent is taken


def learn() -> int:
    """Count the words of all titles anew: how many there are. Readers see the old ones until it is done."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute("DELETE FROM catalog_titleword")
        cursor.execute(
            """INSERT INTO catalog_titleword (word, films)
            SELECT word, count(*) FROM catalog_film,
                unnest(string_to_array(catalog_folded(replace(titles, chr(31), ' ')), ' ')) AS word
            WHERE published AND length(word) BETWEEN %s AND 40 AND word !~ '^[0-9]+$' GROUP BY word""",
            [SHORTEST],
        )
        count = int(cursor.rowcount)
    cache.set(LEARNED, [timezone.now().isoformat(), _written()], None)
    return count


def learn_if_stale() -> int:
    """The same if none were counted yet, one film in a hundred came or went since, or fewer did an hour ago; else 0."""
    known = cache.get(LEARNED)
    if known is None:
        return learn()
    changes, old = abs(_written() - known[1]), timezone.now() - datetime.fromisoformat(known[0]) > OFTEN_ENOUGH
    return learn() if changes and (old or 100 * changes >= known[1]) else 0


def _written() -> int:
    """How many films were added and removed in the life of this database, as its statistics have it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n_tup_ins + n_tup_del FROM pg_stat_user_tables WHERE relid = %s::regclass", [Film._meta.db_table]
        )
        return int(cursor.fetchone()[0])


@dataclass(frozen=True, eq=False)
class Words:
    """Words by the number of their letters (Korean syllables taken apart), and how many titles have each."""

    by_length: dict[int, list[str]]
    films: dict[str, int]

    def nearest(self, word: str) -> str:
        """The most frequent of those words that are the fewest slips away; "" where none is near enough."""
        letters = apart(word)
        slips = allowed_slips(letters)
        near = [
            (distance, -self.films[found], found)
            for length in range(len(letters) - slips, len(letters) + slips + 1)
            for found, distance, _place in process.extract(
                letters, self.by_length.get(length, ()), scorer=OSA.distance, score_cutoff=slips, limit=NEAREST
            )
        ]
        return together(min(near)[2]) if near and slips else ""


def apart(word: str) -> str:
    """Korean syllables as the letters that one types."""
    return unicodedata.normalize("NFD", word)


def together(letters: str) -> str:
    return unicodedata.normalize("NFC", letters)


def allowed_slips(letters: str) -> int:
    """Of a word so long: a letter more, less or another, or two in the wrong order (Damerau 1964)."""
    return 0 if len(letters) < SHORTEST + 1 else 1 if len(letters) < 7 else 2


def title_words() -> Words:
    """All of them. A query to see whether they are still the same, and one more where they are not."""
    known = cache.get(LEARNED)
    return _loaded(str(known[0]) if known else "")


@lru_cache(1)
def _loaded(learned: str) -> Words:
    by_length: dict[int, list[str]] = defaultdict(list)
    films = {}
    for word, count in TitleWord.objects.values_list("word", "films").iterator(chunk_size=20_000):
        letters = apart(word)
        by_length[len(letters)].append(letters)
        films[letters] = count
    return Words(dict(by_length), films)


def did_you_mean(text: str) -> str:
    """The text with words that no title has put right, if that finds films; otherwise "".

    For a search that found nothing: a query for each word that no title has, one for the result, and one or two for
    the words that titles have.
    """
    typed = words(text)
    known = title_words()
    meant = [word if _is_known(word, known) else known.nearest(word) for word in typed]
    if not all(meant) or meant == typed:
        return ""
    better = " ".join(meant)
    return better if Film.objects.published().with_title(better).exists() else ""


def _is_known(word: str, known: Words) -> bool:
    """Whether a title has it, or begins a word with it. Short ones are taken as they are."""
    return len(word) < SHORTEST or apart(word) in known.films or Film.objects.published().with_title(word).exists()
