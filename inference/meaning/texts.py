"""A text as words to be looked up: pure functions. Of Hangul, kana and Han the pairs of characters that overlap.

Korean nouns take particles ("영화는", "영화를"): pairs of characters meet in the stem without a dictionary.
"""

import re
import unicodedata
from dataclasses import dataclass

_CJK = "\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
# One letter or digit alone says nothing.
_PIECE = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]{{2,}}(?:'[^\W_{_CJK}]+)?")
_IS_CJK = re.compile(f"[{_CJK}]")
_HANGUL = re.compile("[가-힣]")
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class Folded:
    """Words of a text, plain and in lower case, for PostgreSQL to stem, and pairs that it takes as they are."""

    words: str
    pairs: str

    def __bool__(self) -> bool:
        return bool(self.words or self.pairs)


def folded(text: str) -> Folded:
    words: list[str] = []
    pairs: list[str] = []
    for piece in _PIECE.findall(without_accents(text).lower()):
        if _IS_CJK.match(piece):
            pairs += [piece[i : i + 2] for i in range(len(piece) - 1)] if len(piece) > 2 else [piece]
        else:
            words.append(piece.removesuffix("'s"))
    return Folded(" ".join(words), " ".join(pairs))


def without_accents(text: str) -> str:
    """Amélie is Amelie; Hangul stays composed."""
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFD", text.replace("\u2019", "'"))
    kept = "".join(letter for letter in apart if unicodedata.category(letter) != "Mn")
    return unicodedata.normalize("NFC", kept)


def korean_share(text: str) -> float:
    """How much of a text's letters is Hangul, 0 to 1."""
    letters = _LETTER.findall(text)
    return len(_HANGUL.findall(text)) / len(letters) if letters else 0.0
