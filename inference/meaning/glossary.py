"""A Korean query in English words, for encoders that read English alone: the site's terms, and words of films.

Words for words, in the order of the query, and no grammar: enough for a vector, and said to be no more than that.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from catalog.models import Term
from catalog.vocabulary import Matcher, Tag, normal

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
    groups = _GROUP.findall(text)
    met = [(english, name) for english, name in (*_written(), *_terms()) if _may_begin(name, groups)]
    found = Matcher(Tag(english, "", name) for english, name in met).spans(text)
    told = [match for match in _GROUP.finditer(text) if not _EMPTY.fullmatch(match[0])]
    taken = [match for match in told if any(one.start <= match.start() < one.end for one in found)]
    whole = sum(len(match[0]) for match in told)
    english = list(dict.fromkeys(one.slug for one in found))
    return Translation(", ".join(english), sum(len(match[0]) for match in taken) / whole if whole else 0.0)


def _may_begin(name: str, groups: Sequence[str]) -> bool:
    """Whether a name could be met: it may change its last syllable, no more. Compiling all of them takes seconds."""
    first, _space, rest = name.partition(" ")
    stem = first if rest or len(first) == 1 else first[:-1]
    return any(group.startswith(stem) for group in groups)


@cache
def _written() -> tuple[tuple[str, str], ...]:
    """English and Korean, a line for each Korean word."""
    entries = json.loads(GLOSSARY.read_text("utf-8"))
    return tuple((entry["en"], korean) for entry in entries for korean in entry["ko"])


def _terms() -> list[tuple[str, str]]:
    """The same of the terms' names, where the glossary does not say otherwise."""
    rows = Term.objects.filter(active=True).order_by("kind", "pk").values_list("name_en", "name_ko", "aliases")
    named = [(english.lower(), name) for english, korean, aliases in rows for name in (korean, *aliases)]
    known = {korean for _english, korean in _written()}
    return [(english, name) for english, name in named if name not in known and _GROUP.match(name)]
