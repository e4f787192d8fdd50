"""Korean words as they stand in sentences: a name with its particles or its endings, and what denies it.

A word group (eojeol) is a name when it begins with it and goes on with particles or endings alone: 폭력이, 폭력을 and
폭력적인 are 폭력; 비폭력 and 폭력배 are not. Names that are adjectives or verbs are met in their other forms as well.
"""

import re
from collections.abc import Sequence

_HANGUL = 0xAC00
_FINALS = 28
_P = 17  # ㅂ as a final consonant, by its place among them

_PLURAL = "(?:들)?"
# Of nouns of one syllable: 만, 도, 로 or 하 would make other words of them (비: 비만, 비로소).
_SHORT_PARTICLES = "(?:이|가|은|는|을|를|의|에|에서|와|과|속|입니다|이다)?"
_PARTICLES = (
    "(?:이나|나|이란|란|이며|며|이고|고|이다|다|입니다|이었다|였다|이라는|라는|인|이|가|은|는|을|를|의|에게|에서|에는|에도|에|으로|로"
    "|와|과|도|만|까지|부터|보다|처럼|같은|뿐)*"
)
_VERBAL = "(?:하[가-힣]*|한|한다|할|함|해[가-힣]*|했[가-힣]*|합니다|된|된다|되[가-힣]*|됐[가-힣]*|당[하한했]?[가-힣]*)"
_ADJECTIVAL = "(?:적(?:이[가-힣]*|인|으로|임)?|스러[가-힣]+|스럽[가-힣]*)"
_COMPOUND = "(?:영화|장면|사건|성|물|극|감)?"
_AFTER_NOUN = f"{_PLURAL}(?:{_ADJECTIVAL}|{_VERBAL}|{_COMPOUND}{_PARTICLES})"
_ENDINGS = "(?:다|고|며|게|지|지만|지는|지도|네|군|구나|습니다|은|는|을|기|음|면|던|[었았어아][가-힣]*)"

_LISTING = re.compile("[가-힣]+(?:이나|나|과|와|도|이랑|랑|하고)")
_SUBJECT = re.compile("[가-힣]+(?:이|가|은|는|도|을|를)")
_MODIFIER = re.compile("[가-힣]+(?:인|한|운|적|은|는|의|있는)")
_TO_NOT = re.compile("[가-힣]+지(?:는|도|를|가)?")
_NOT = ("않", "못", "말")
_NONE = ("없", "아니", "아닌", "아닙", "드물")
_BEFORE = ("안", "못", "덜")
# 안 after a place is its inside: 방 안 어두운 구석.
_PLACE = re.compile("[가-힣]*(?:방|집|차|물|굴|숲|배|실|관|당|장|점|곳|원|교|동|층|성|통|막)")


def pattern(name: str) -> str:
    """A regular expression for the whole of the word group that the last word of a name may be."""
    stem = name[:-1]
    if len(name) > 1 and name.endswith("한"):
        return f"{stem}(?:한|한데|할|함|합니다|하[다고며게지면기던]?[가-힣]*|해[가-힣]*|했[가-힣]*)"
    if len(name) > 2 and name.endswith("운"):
        return _irregular_p(stem)
    if len(name) > 2 and name.endswith("적인"):
        return f"{name[:-2]}적(?:이[가-힣]*|인|인데|으로|임)?"
    if len(name) > 1 and name.endswith("는"):
        return f"{stem}{_ENDINGS}"
    if len(name) > 2 and name.endswith("적"):
        return f"{name}(?:이[가-힣]*|인|인데|으로|임)?"
    return f"{name}{_SHORT_PARTICLES}" if len(name) == 1 else f"{name}{_AFTER_NOUN}"


def _irregular_p(stem: str) -> str:
    """어두운, 어둡다, 어두워, 어두웠다: the ㅂ of the stem gives way before a vowel."""
    last = ord(stem[-1]) - _HANGUL
    if last % _FINALS:
        return f"{stem}운"
    closed = stem[:-1] + chr(_HANGUL + last + _P)
    return f"(?:{stem}(?:운|운데|워[가-힣]*|웠[가-힣]*|우[가-힣]*|울|움)|{closed}[가-힣]*)"


def denied(groups: Sequence[str], first: int, last: int) -> bool:
    """Whether the name that takes up word groups `first` to `last` of a clause is said not to be there.

    폭력이 없다, 폭력이나 피가 없는, 폭력적인 장면은 나오지 않는다, 어둡지 않고, 안 무서운: denied.
    어두운 방에 아무도 없다: dark.
    """
    if first and groups[first - 1] in _BEFORE and not (first > 1 and _PLACE.fullmatch(groups[first - 2])):
        return True
    if _TO_NOT.fullmatch(groups[last]) and _starts(groups, last + 1, _NOT):
        return True
    place = last
    while place + 1 < len(groups) and _LISTING.fullmatch(groups[place]):
        place += 1
    if _is_none(groups, place):
        return True
    modifies = _MODIFIER.fullmatch(groups[place]) and place + 1 < len(groups)
    return bool(modifies and _SUBJECT.fullmatch(groups[place + 1]) and _is_none(groups, place + 1))


def _is_none(groups: Sequence[str], place: int) -> bool:
    """Whether the group that stands there is followed by "there is none", "is not" or a verb that is denied."""
    if groups[place] == "없이" or _starts(groups, place + 1, _NONE):
        return True
    if place + 1 < len(groups) and groups[place + 1] == "전혀":
        return _is_none(groups, place + 1)
    is_verb = place + 2 < len(groups) and _TO_NOT.fullmatch(groups[place + 1])
    return bool(is_verb and _starts(groups, place + 2, _NOT))


def _starts(groups: Sequence[str], place: int, beginnings: tuple[str, ...]) -> bool:
    return place < len(groups) and groups[place].startswith(beginnings)
