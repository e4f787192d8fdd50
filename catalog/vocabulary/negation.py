"""Whether an English clause denies what it names: no violence, without blood or gore, isn't scary, nowhere to be seen.

A negator reaches over the next words up to a few, goes on over "or", "nor" and "and", and ends where the clause or
the phrase does: in "no people in a dark room" the room is dark.
"""

from collections.abc import Sequence


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


REACH = 4  # words between a negator and what it denies: "no particularly graphic or visible violence"

_NEGATORS = _words("no not never without nor neither cannot non lacks lack lacking devoid nothing nobody hardly sans")
_OF = {"free": "of", "absence": "of", "instead": "of", "rather": "than", "anything": "but", "lack": "of", "far": "from"}
# Not only, no doubt, never ending: what follows is there.
_NO_DENIAL = _words("only just merely doubt wonder matter simply so sooner ending nonsense")
# Where a phrase ends, and with it what a negator denies.
_ENDS = _words(
    "but however yet although though except while whereas because since when where until unless then which who that "
    "in on at near under behind beside during through into onto from across above below around between amid among with "
    "inside outside"
)
_STARTS_AGAIN = _words("it he she they we you i there this is are was were the a an his her their its")
_BE = _words("is are was were be been seems appears")
_ABSENT = _words("absent missing nowhere never lacking gone avoided omitted")
_SHOWN = _words("shown seen present visible depicted there here involved included found evident used")
_AND, _OR = "and", ("or", "nor")
COMMA = ","


def denied(words: Sequence[str], first: int, last: int) -> bool:
    """Whether words `first` to `last` of a clause, in lower case with its commas, are said not to be there."""
    return _denied_before(words, first) or _denied_after(words, last)


def _denied_before(words: Sequence[str], first: int) -> bool:
    passed, place = 0, first - 1
    while place >= 0 and passed <= REACH:
        word = words[place]
        if _negates(words, place, first):
            return not (place and _negates(words, place - 1, place) and word in ("without", "lacking"))
        if word in _OR:
            passed = 0
        elif word in (_AND, COMMA):
            if not _goes_on(words, place):
                return False
            passed = 0
        elif word in _ENDS:
            return False
        else:
            passed += 1
        place -= 1
    return False


def _negates(words: Sequence[str], place: int, named: int) -> bool:
    word = words[place]
    after = words[place + 1] if place + 1 < len(words) else ""
    if place + 1 < named and _OF.get(word) == after:
        return True
    if word in ("lack", "lacking"):
        return after != "of" or place + 2 <= named
    return (word in _NEGATORS or word.endswith("n't")) and after not in _NO_DENIAL


def _goes_on(words: Sequence[str], place: int) -> bool:
    """Whether "and" or a comma joins things that are denied together, and does not begin anew."""
    after = words[place + 1] if place + 1 < len(words) else ""
    if after in _STARTS_AGAIN or after in _ENDS:
        return False
    if words[place] == _AND:
        return True
    rest = list(words[place + 1 : place + 8])
    listed = [word for word in rest if word in (*_OR, _AND, *_ENDS)][:1]
    return after in _OR or bool(listed and listed[0] in _OR)


def _denied_after(words: Sequence[str], last: int) -> bool:
    """Violence-free; violence is absent, is not shown, isn't seen."""
    rest = list(words[last + 1 : last + 5])
    if rest[:1] == ["free"]:
        return rest[1:2] not in (["to"], ["time"])
    if not rest or not (rest[0] in _BE or rest[0].endswith("n't")):
        return False
    if rest[0].endswith("n't"):
        return rest[1:2] != [] and rest[1] in _SHOWN
    if rest[1:2] and rest[1] in _ABSENT:
        return True
    return rest[1:2] == ["not"] and rest[2:3] != [] and rest[2] in _SHOWN
