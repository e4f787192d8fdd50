"""The sparse half of a text's representation: TF-IDF over words and pairs of words.

Frozen sentence vectors miss names and rare words ("sheriff", "lightsaber") that decide a genre; TF-IDF sees little
else. Saved as data: the vocabulary as JSON, the weights of the words as an array.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

# Hangul, kana and Han: scripts whose words carry particles or are not parted by spaces.
_CJK = "\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_PIECES = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]{{2,}}")
_CJK_CHARACTER = re.compile(rf"[{_CJK}]")


def tokens(text: str) -> list[str]:
    """Lower-case words of two characters or more; of Hangul, kana and Han the overlapping pairs of characters.

    Korean nouns take particles ("영화는", "영화를"): pairs of characters meet in the stem without a dictionary.
    """
    pieces: list[str] = _PIECES.findall(text.lower())
    if not _CJK_CHARACTER.search(text):  # nearly every text, and twice as fast
        return pieces
    return [token for piece in pieces for token in _parts(piece)]


def _parts(piece: str) -> Iterator[str]:
    if len(piece) > 2 and _CJK_CHARACTER.match(piece):
        yield from (piece[i : i + 2] for i in range(len(piece) - 1))
    else:
        yield piece


class Words:
    """Texts to sparse unit vectors; fitted once on training films."""

    def __init__(self, vocabulary: Sequence[str], idf: NDArray[np.float32]) -> None:
        """``vocabulary``: V words and pairs ("dark night"), ``idf`` (V,): their weights.

        Raises ValueError where the two do not fit together.
        """
        if len(vocabulary) != len(idf) or len(set(vocabulary)) != len(vocabulary):
            raise ValueError("the vocabulary must have one weight per word and no word twice")
        self.vocabulary, self.idf = list(vocabulary), np.asarray(idf, np.float32)
        if self.vocabulary:
            self._vectorizer = _vectorizer(vocabulary={word: i for i, word in enumerate(self.vocabulary)})
            self._vectorizer.idf_ = self.idf.astype(np.float64)

    @classmethod
    def fit(cls, texts: Sequence[str], size: int) -> Words:
        """The ``size`` commonest words and pairs that occur in at least three texts (in one, if texts are few)."""
        fitted = _vectorizer(max_features=size, min_df=3 if len(texts) >= 1000 else 1)
        try:
            fitted.fit(texts)
        except ValueError:  # scikit-learn's way to say that there is no word at all
            return cls([], np.zeros(0, np.float32))
        return cls(list(fitted.get_feature_names_out()), fitted.idf_.astype(np.float32))

    def __len__(self) -> int:
        return len(self.vocabulary)

    def transform(self, texts: Sequence[str]) -> sp.csr_matrix:
        """(N, V) float32 rows of unit length; empty where no word is known."""
        if not self.vocabulary or not len(texts):
            return sp.csr_matrix((len(texts), len(self.vocabulary)), dtype=np.float32)
        return sp.csr_matrix(self._vectorizer.transform(texts), dtype=np.float32)


def _vectorizer(**options: Any) -> TfidfVectorizer:
    return TfidfVectorizer(
        tokenizer=tokens,
        token_pattern=None,
        lowercase=False,
        ngram_range=(1, 2),
        sublinear_tf=True,
        dtype=np.float32,
        **options,
    )
