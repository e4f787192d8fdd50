"""Korean as people type it: by initial consonants (ㄱㅍ for 공포), and while a syllable is still being composed.

Unicode writes a syllable as U+AC00 + (initial · 21 + vowel) · 28 + final (The Unicode Standard, section 3.12).
"""

import re
from functools import lru_cache

FIRST, LAST = 0xAC00, 0xD7A3
VOWELS, FINALS = 21, 28
INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
# Of finals, by their place; of two consonants the second may turn out to begin the next syllable.
FINAL_LETTERS = [
    "", "ㄱ", "ㄲ", "ㄱㅅ", "ㄴ", "ㄴㅈ", "ㄴㅎ", "ㄷ", "ㄹ", "ㄹㄱ", "ㄹㅁ", "ㄹㅂ", "ㄹㅅ", "ㄹㅌ", "ㄹㅍ", "ㄹㅎ",
    "ㅁ", "ㅂ", "ㅂㅅ", "ㅅ", "ㅆ", "ㅇ", "ㅈ", "ㅊ", "ㅋ", "ㅌ", "ㅍ", "ㅎ",
]  # fmt: skip
# What a keyboard makes of two initials typed in a row before it knows better: ㄱㅅ becomes ㄳ.
JOINED = {
    "ㄳ": "ㄱㅅ", "ㄵ": "ㄴㅈ", "ㄶ": "ㄴㅎ", "ㄺ": "ㄹㄱ", "ㄻ": "ㄹㅁ", "ㄼ": "ㄹㅂ", "ㄽ": "ㄹㅅ", "ㄾ": "ㄹㅌ",
    "ㄿ": "ㄹㅍ", "ㅀ": "ㄹㅎ", "ㅄ": "ㅂㅅ",
}  # fmt: skip


def is_syllable(letter: str) -> bool:
    return FIRST <= ord(letter) <= LAST


def initials(text: str) -> str:
    """The text with each Korean syllable as its initial consonant: 공포 영화 → ㄱㅍ ㅇㅎ."""
    return "".join(
        INITIALS[(ord(letter) - FIRST) // (VOWELS * FINALS)] if is_syllable(letter) else letter for letter in text
    )


def has_initials(text: str) -> bool:
    """Whether a consonant stands by itself in the text."""
    return any(letter in INITIALS or letter in JOINED for letter in text)


def spelt_out(text: str) -> str:
    """Two consonants that the keyboard joined, apart again: ㄳ → ㄱㅅ."""
    return "".join(JOINED.get(letter, letter) for letter in text)


def is_only_initials(text: str) -> bool:
    return bool(text) and all(letter in INITIALS for letter in spelt_out(text))


@lru_cache(1000)
def pattern(typed: str) -> re.Pattern[str]:
    """Matches, at a name's beginning, what the typed text may become.

    A consonant by itself is any syllable that begins with it. The last syllable may go on: 고 becomes 공,
    달 becomes 닭, and 곰 may be 고 and the beginning of 무. Everything else stands for itself.
    """
    letters = spelt_out(typed) or " "
    return re.compile("".join(map(_exact, letters[:-1])) + _unfinished(letters[-1]), re.IGNORECASE)


def _exact(letter: str) -> str:
    return _beginning_with(letter) if letter in INITIALS else re.escape(letter)


def _unfinished(letter: str) -> str:
    if not is_syllable(letter):
        return _exact(letter)
    open_syllable, final = divmod(ord(letter) - FIRST, FINALS)
    start = FIRST + open_syllable * FINALS
    if not final:
        return f"[{chr(start)}-{chr(start + FINALS - 1)}]"
    letters = FINAL_LETTERS[final]
    closed = "".join(chr(start + place) for place, further in enumerate(FINAL_LETTERS) if further.startswith(letters))
    without = chr(start + FINAL_LETTERS.index(letters[:-1]))
    return f"(?:[{closed}]|{without}{_beginning_with(letters[-1])})"


def _beginning_with(initial: str) -> str:
    start = FIRST + INITIALS.index(initial) * VOWELS * FINALS
    return f"(?:{initial}|[{chr(start)}-{chr(start + VOWELS * FINALS - 1)}])"
