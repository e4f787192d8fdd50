"""A Korean query in English words, for encoders that read English alone: the site's terms, and words of films.

Words for words, in the order of the query, and no grammar: enough for a vector, and said to be no more than that.
"""

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from catalog.models import Term
from catalog.vocabulary import Matcher, Tag, matcher, normal

GLOSSARY = Path(__file__).with_name("glossary.json")
_GROUP = re.compile("[가-힣]+")
# Word groups that say that a film is looked for, and not which.
_EMPTY = re.compile(
    "(?:영화|작품|이야기|내용|나오는|나온|있는|없는|하는|되는|보는|함께|같이|대한|관한|위한|배경|배경으로|그린|다룬|벌어지는"
    "|일어나는|한|어떤|그|그의|그녀의|사람|사람들|속|중|가장|아주|매우|좋은)(?:이|가|은|는|을|를|의|에|에서|와|과|로|으로|들이)?"
)


@dataclass(frozen=True)
class Translation:
    english: str
    share: float
    """of the Hangul that says something, in letters: how much of it is in the glossary"""


def translate(text: str) -> Translation:
    """One query for the terms."""
    text = normal(text)
    found = _glossary(_terms()).spans(text)
    told = [match for match in _GROUP.finditer(text) if not _EMPTY.fullmatch(match[0])]
    taken = [match for match in told if any(one.start <= match.start() < one.end for one in found)]
    whole = sum(len(match[0]) for match in told)
    english = list(dict.fromkeys(one.slug for one in found))
    return Translation(", ".join(english), sum(len(match[0]) for match in taken) / whole if whole else 0.0)


def _terms() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    rows = Term.objects.filter(active=True).order_by("kind", "pk").values_list("name_en", "name_ko", "aliases")
    return tuple((english.lower(), korean, tuple(aliases)) for english, korean, aliases in rows)


@lru_cache(maxsize=4)
def _glossary(terms: tuple[tuple[str, str, tuple[str, ...]], ...]) -> Matcher:
    """Compiled anew when a term is renamed. What the glossary has stands before the terms' names."""
    words = [Tag(entry["en"], entry["en"], "", tuple(entry["ko"])) for entry in json.loads(GLOSSARY.read_text("utf-8"))]
    known = {korean for word in words for korean in word.aliases}
    named = [
        Tag(english, english, "", tuple(name for name in (korean, *aliases) if name not in known))
        for english, korean, aliases in terms
    ]
    return matcher((*words, *named))
