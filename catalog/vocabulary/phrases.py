"""Phrases that recur in captions of several films and that no tag answers to: what might become a tag. Pure functions.

There is no grammar here: a phrase is up to three words that stand together without a function word between them, and
that do not look like a verb or an adverb. Curators see the best of them with their frames, and judge.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from catalog.vocabulary import Matcher, normal

LONGEST = 3  # words
EXAMPLES = 4
PART_OF = 0.8  # a phrase is left out where it nearly always stands within a longer one


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_WORD = re.compile(r"[가-힣]+|[^\W\d_가-힣]+(?:'[^\W\d_가-힣]+)?|[^\s\w]")
_HANGUL = re.compile("[가-힣]")
_PARTICLE = re.compile(
    "(?:에서는|에서|에게|으로|까지|부터|처럼|하는|하고|한다|이다|있다|있는|이|가|은|는|을|를|의|에|로|와|과|도|만)$"
)
_VERBAL = re.compile(r"(?:ing|ed|ly|n't)$")
_STOP = _words(
    """a about above across after again all along also among an and another any are around as at away back be because
    been before behind being below beneath beside between both but by can could did do does down each either else ever
    every few first for from front full get gets go goes had has have he her here him his how i if in inside instead
    into is it its itself just large left less like little long look looks lot made make makes many may me middle might
    more most mostly much my near next no nobody non none nor not nothing of off often old on one only onto or other
    others our out outside over own part per perhaps possibly put quite rather right same second see seem seems seen
    several she should show shown shows side similar since sit sits small so some someone something stand stands still
    such take takes than that the their them then there these they this those three through to together too top toward
    towards two under unknown until up upon us use various very visible was we wear wears well were what when where
    which while who whole whose why wide will with within without would yes yet you your
    image images frame frames scene scenes shot shots film films movie movies picture pictures photo photograph camera
    background foreground caption description view mood atmosphere overall appear appears depicts features feature
    suggests suggest indicates setting set place time way kind lot moment
    black white red blue green brown grey gray yellow orange big new young
    person people man men woman women"""
)
_STOP_KOREAN = _words(
    "그리고 그러나 있다 있는 없다 없는 장면 화면 사진 사람 남자 여자 모습 그의 그녀 하나 매우 아주 보인다"
)


@dataclass(frozen=True)
class Said:
    """A caption and what it belongs to."""

    film: int
    frame: int
    text: str


@dataclass
class Candidate:
    """A phrase, the films and frames whose captions have it, and some of the frames, of as many films as can be."""

    phrase: str
    films: set[int] = field(default_factory=set)
    frames: int = 0
    examples: list[int] = field(default_factory=list)

    def meet(self, said: Said) -> None:
        if len(self.examples) < EXAMPLES and said.film not in self.films:
            self.examples.append(said.frame)
        self.films.add(said.film)
        self.frames += 1


def candidates(
    captions: Iterable[Said], vocabulary: Matcher, *, known: Collection[str] = (), fewest: int = 3, most: int = 100
) -> list[Candidate]:
    """Phrases of at least `fewest` films, those of the most films first; `known` ones, in lower case, are left out."""
    met: dict[str, Candidate] = {}
    within: dict[str, Counter[str]] = defaultdict(Counter)
    for said in captions:
        found = phrases(said.text, vocabulary)
        for phrase in found:
            met.setdefault(phrase, Candidate(phrase)).meet(said)
            for part in _parts(phrase):
                within[part][phrase] += 1
    often = {phrase: one for phrase, one in met.items() if len(one.films) >= fewest and phrase not in known}
    recurring = {phrase: one for phrase, one in often.items() if not vocabulary.find(phrase)}  # a denied tag, perhaps
    kept = [one for one in recurring.values() if not _is_part(one, within[one.phrase], recurring)]
    return sorted(kept, key=lambda one: (-len(one.films), -one.frames, one.phrase))[:most]


def phrases(text: str, vocabulary: Matcher) -> set[str]:
    """Phrases of one caption, each once; words that name a tag are in none."""
    text = normal(text)
    taken = [(found.start, found.end) for found in vocabulary.spans(text)]
    found: set[str] = set()
    for run in _runs(text, taken):
        for start in range(len(run)):
            for length in range(1, min(LONGEST, len(run) - start) + 1):
                words = run[start : start + length]
                if _is_noun(words[-1]):
                    found.add(" ".join([*words[:-1], _singular(words[-1])]))
    return found


def _runs(text: str, taken: list[tuple[int, int]]) -> Iterator[list[str]]:
    """Words that stand together, without function words, marks and words of tags."""
    run: list[str] = []
    for match in _WORD.finditer(text):
        word = match[0].lower()
        if _HANGUL.match(word):
            word = _PARTICLE.sub("", word) or word
        is_tag = any(start < match.end() and match.start() < end for start, end in taken)
        if is_tag or not word[0].isalpha() or word in _STOP or word in _STOP_KOREAN or len(word) < 2:
            yield run
            run = []
        else:
            run.append(word)
    yield run


def _is_noun(word: str) -> bool:
    return not _VERBAL.search(word) and len(word) > (1 if _HANGUL.match(word) else 2)


def _singular(word: str) -> str:
    if not word.isascii() or len(word) < 5 or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    return word.removesuffix("s")


def _parts(phrase: str) -> Iterator[str]:
    words = phrase.split(" ")
    for length in range(1, len(words)):
        for start in range(len(words) - length + 1):
            yield " ".join(words[start : start + length])


def _is_part(one: Candidate, longer: Counter[str], recurring: dict[str, Candidate]) -> bool:
    return any(times >= PART_OF * one.frames for phrase, times in longer.items() if phrase in recurring)
