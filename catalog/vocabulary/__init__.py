"""From captions to tags: which of a vocabulary's tags a text names, and how often a film's frames do. Pure functions.

A tag is met in its English and Korean names and its aliases, as whole words, in their inflected forms
(inflections.py, korean.py), unless the clause denies it (negation.py). The longest name wins: "historical fiction"
is not "historical", and "anti-war" is no war.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from catalog.vocabulary import korean, negation
from catalog.vocabulary.inflections import forms

# A run of Hangul, or a word of another script with its apostrophe; clauses end where neither stands.
_TOKEN = re.compile(r"[가-힣]+|[^\W_가-힣]+(?:'[^\W_가-힣]+)?|[,、]|[.;:!?\n…。]|[()\[\]{}]")
_HANGUL = re.compile("[가-힣]")
_QUOTES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'"})
_LONGEST_JOINED = 2  # "neo-noir" is met as "neonoir", too; names of more words are not written as one


@dataclass(frozen=True)
class Tag:
    """What a vocabulary knows of a tag: a row of terms without the database."""

    slug: str
    name_en: str
    name_ko: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name in (self.name_en, self.slug, self.name_ko, *self.aliases) if name.strip())


@dataclass(frozen=True)
class Found:
    """A tag where a text names it: `words` stand from `start` to `end` of the text as `normal` has it."""

    slug: str
    words: str
    start: int
    end: int


@dataclass(frozen=True)
class _Token:
    text: str
    start: int
    end: int


Words = tuple[str, ...]
_Named = tuple[int, frozenset[str]]  # words taken up, tags that they name


class Matcher:
    """A vocabulary, compiled: finding costs about as much as splitting the text into words."""

    def __init__(self, tags: Iterable[Tag]) -> None:
        self._english: dict[str, dict[Words, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._korean: dict[str, list[tuple[list[re.Pattern[str]], str]]] = defaultdict(list)
        made: dict[Words, set[str]] = defaultdict(set)
        listed: dict[Words, set[str]] = defaultdict(set)
        for tag in tags:
            for name in tag.names:
                self._add(tag.slug, name, listed, made)
        # What a curator has written down is that tag; an inflected form of another's name is not.
        for words, slugs in {**made, **listed}.items():
            self._english[words[0]][words] |= slugs

    def _add(self, slug: str, name: str, listed: dict[Words, set[str]], made: dict[Words, set[str]]) -> None:
        words = tuple(token.text for token in _tokens(normal(name)) if token.text[0].isalnum())
        if not words:
            return
        if any(_HANGUL.match(word) for word in words):
            self._add_korean(slug, words)
            return
        listed[words].add(slug)
        if len(words) == _LONGEST_JOINED and "-" in name:
            made[("".join(words),)].add(slug)
        for form in _inflected(words):
            made[form].add(slug)

    def _add_korean(self, slug: str, words: Words) -> None:
        patterns = [re.compile(re.escape(word)) for word in words[:-1]]
        last = words[-1]
        patterns.append(re.compile(korean.pattern(last) if _HANGUL.match(last) else re.escape(last)))
        self._korean[words[0][0]].append((patterns, slug))

    def find(self, text: str) -> dict[str, str]:
        """Slugs of the tags that the text names and does not deny, with the words that first name each."""
        found: dict[str, str] = {}
        for one in self.spans(text):
            found.setdefault(one.slug, one.words)
        return found

    def spans(self, text: str) -> list[Found]:
        """Every place where a tag is named and not denied, from left to right."""
        text = normal(text)
        return [found for clause in _clauses(text) for found in self._in_clause(text, clause)]

    def _in_clause(self, text: str, clause: Sequence[_Token]) -> Iterator[Found]:
        words = [token.text for token in clause]
        place = 0
        while place < len(words):
            taken, slugs = self._at(words, place)
            last = place + taken - 1
            if taken and not _is_denied(words, place, last):
                start, end = clause[place].start, clause[last].end
                for slug in sorted(slugs):
                    yield Found(slug, text[start:end], start, end)
            place += max(taken, 1)

    def _at(self, words: Sequence[str], place: int) -> _Named:
        """The longest name that begins there; no words where none does."""
        best: _Named = (0, frozenset())
        for name, slugs in self._english.get(words[place], {}).items():
            if len(name) > best[0] and tuple(words[place : place + len(name)]) == name:
                best = (len(name), frozenset(slugs))
        for patterns, slug in self._korean.get(words[place][0], ()):
            if len(patterns) >= max(best[0], 1) and _fits(patterns, words, place):
                same = best[1] if len(patterns) == best[0] else frozenset()
                best = (len(patterns), same | {slug})
        return best


def _inflected(words: Words) -> Iterator[Words]:
    """The name with its first, or its last, word in other forms: plot twists, falls in love."""
    if len(words) == 1:
        yield from ((form,) for form in forms(words[0]))
        return
    first, last = forms(words[0]), forms(words[-1])
    for begin, end in product(first, last):
        if begin == words[0] or end == words[-1]:
            yield (begin, *words[1:-1], end)


def _fits(patterns: Sequence[re.Pattern[str]], words: Sequence[str], place: int) -> bool:
    there = words[place : place + len(patterns)]
    return len(there) == len(patterns) and all(p.fullmatch(w) for p, w in zip(patterns, there, strict=True))


def _is_denied(words: Sequence[str], first: int, last: int) -> bool:
    if _HANGUL.match(words[last]):
        groups = [word for word in words if word[0].isalnum()]
        shift = sum(not word[0].isalnum() for word in words[:first])
        return korean.denied(groups, first - shift, last - shift)
    return negation.denied(words, first, last)


def normal(text: str) -> str:
    """The text as its places are counted: composed Hangul, plain apostrophes."""
    return unicodedata.normalize("NFC", text).translate(_QUOTES)


def _tokens(text: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(text):
        word = match[0].lower().removesuffix("'s")
        yield _Token("," if word == "、" else word, match.start(), match.end())


def _clauses(text: str) -> Iterator[list[_Token]]:
    """Words and commas between the marks that end a clause."""
    clause: list[_Token] = []
    for token in _tokens(text):
        if token.text[0].isalnum() or token.text == ",":
            clause.append(token)
        elif clause:
            yield clause
            clause = []
    if clause:
        yield clause


@lru_cache(maxsize=8)
def matcher(tags: tuple[Tag, ...]) -> Matcher:
    """Compiled once for each vocabulary."""
    return Matcher(tags)


# Counting ---------------------------------------------------------------------------------------------------


def count(matches: Iterable[Iterable[str]]) -> dict[str, int]:
    """In how many frames each tag appeared, the commonest first; `matches`: the slugs of each frame."""
    counted = Counter(slug for frame in matches for slug in set(frame))
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def ratios(counts: Mapping[str, int], frames: int) -> dict[str, float]:
    """Share of the frames that were looked at in which each tag appeared, 0 to 1."""
    return {slug: min(1.0, times / frames) for slug, times in counts.items()} if frames > 0 else {}


def counted(name: str, times: int, frames: int) -> str:
    """As published tables write it: rain(12, 30.0%)."""
    return f"{name}({times}, {100 * times / frames if frames else 0:.1f}%)"
