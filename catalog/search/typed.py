"""What people type to find a title: its words, wherever they begin, without accents, spaces and signs.

The same folding as the database's functions catalog_folded and catalog_title_starts (migration title_words).
"""

import re
import unicodedata

from catalog.search import hangul

SPELLED = {"æ": "ae", "œ": "oe", "ß": "ss"} | dict(zip("øłđħı", "oldhi", strict=True))
LAST = "\U0010ffff"  # no letter comes after it
APOSTROPHES = "'’`´"
LONGEST_START = 24  # letters of a title, from one of its words on, that the index keeps
_TABLE = str.maketrans({**SPELLED, **dict.fromkeys(APOSTROPHES, None)})
_WORD = re.compile(r"[^\W_]+")


def folded(text: str) -> str:
    """Without accents, case and apostrophes: Amélie → amelie, Schindler’s → schindlers."""
    parts = unicodedata.normalize("NFKD", text.lower())
    bare = "".join(letter for letter in parts if not "\u0300" <= letter <= "\u036f")
    return unicodedata.normalize("NFC", bare.translate(_TABLE))


def words(text: str) -> list[str]:
    """Of typed text as of names: consonants that stand by themselves stay as they are typed."""
    if not hangul.has_initials(text):
        return _WORD.findall(folded(text))
    # Folding would make other letters of them.
    pieces = re.split("([ㄱ-ㅎ]+)", hangul.spelt_out(text))
    return _WORD.findall("".join(piece if place % 2 else folded(piece) for place, piece in enumerate(pieces)))


def starts_query(text: str, *, unfinished: bool = False) -> str:
    """A tsquery: every word begins a title or one of its words, or the text without its spaces does.

    unfinished: the last Korean syllable may still get a final consonant. "" where there is neither letter nor digit.
    """
    found = words(text)
    if not found:
        return ""
    one_by_one = " & ".join(_beginnings(word, unfinished and word is found[-1]) for word in found)
    if len(found) == 1:
        return one_by_one
    return f"({one_by_one}) | {_beginnings(''.join(found), unfinished)}"


def _beginnings(word: str, unfinished: bool) -> str:
    """`'word':*`, or one for each syllable that the last may become. Words are letters and digits: none needs care."""
    word = word[:LONGEST_START]
    if not (unfinished and _is_open(word[-1])):
        return f"'{word}':*"
    closed = (f"'{word[:-1]}{chr(ord(word[-1]) + final)}':*" for final in range(hangul.FINALS))
    return f"({' | '.join(closed)})"


def squeezed_range(text: str) -> tuple[str, str]:
    """Between which two squeezed titles those lie that begin with the text.

    The last syllable may get a final consonant, and a consonant at the end be the beginning of any syllable.
    """
    text = "".join(words(text))
    before, last = text[:-1], text[-1:]
    if last and last in hangul.INITIALS:
        first = hangul.FIRST + hangul.INITIALS.index(last) * hangul.VOWELS * hangul.FINALS
        return f"{before}{chr(first)}", f"{before}{chr(first + hangul.VOWELS * hangul.FINALS - 1)}{LAST}"
    if last and _is_open(last):
        return text, f"{before}{chr(ord(last) + hangul.FINALS - 1)}{LAST}"
    return text, f"{text}{LAST}"


def _is_open(letter: str) -> bool:
    """Whether it is a Korean syllable without a final consonant."""
    return hangul.is_syllable(letter) and (ord(letter) - hangul.FIRST) % hangul.FINALS == 0
