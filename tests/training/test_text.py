"""Words: what counts as one, in which scripts, and that a vocabulary survives as data."""

import json

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from training.text import Words, tokens

TEXTS = [
    "A sheriff rides into town.",
    "The sheriff leaves town",
    "A spaceship lands in town",
    "Space is dark, space is cold",
]


def test_words_are_lower_case_and_longer_than_a_letter() -> None:
    assert tokens("A Sheriff's Space-ship, 1984 naïve x") == ["sheriff", "space", "ship", "1984", "naïve"]


def test_korean_words_meet_in_their_stem() -> None:
    assert set(tokens("영화는")) & set(tokens("영화를")) == {"영화"}
    assert tokens("칼") == ["칼"]
    assert tokens("Seoul의 봄") == ["seoul", "의", "봄"]


def test_japanese_and_chinese_are_cut_into_pairs() -> None:
    assert tokens("七人の侍") == ["七人", "人の", "の侍"]


def test_weights_are_those_of_scikit_learn() -> None:
    theirs = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True).fit_transform(TEXTS).toarray()
    words = Words.fit(TEXTS, 1000)
    assert np.allclose(words.transform(TEXTS).toarray(), theirs, atol=1e-6)


def test_pairs_of_words_count_and_the_size_is_kept() -> None:
    assert "into town" in Words.fit(TEXTS, 1000).vocabulary
    assert len(Words.fit(TEXTS, 3)) == 3
    assert set(Words.fit(TEXTS, 2).vocabulary) <= {"town", "space", "sheriff", "is"}


def test_a_vocabulary_survives_as_json_and_numbers() -> None:
    words = Words.fit([*TEXTS, "밤의 해변에서"], 1000)
    again = Words(json.loads(json.dumps(words.vocabulary)), np.array(words.idf))
    unseen = ["Sheriff in space, 해변으로", ""]
    assert (words.transform(unseen) != again.transform(unseen)).nnz == 0
    assert words.transform(unseen)[0].nnz > 0


def test_rows_have_length_one_or_zero() -> None:
    lengths = np.sqrt(Words.fit(TEXTS, 1000).transform([*TEXTS, "", "zzz"]).multiply(1).power(2).sum(1)).A1
    assert lengths == pytest.approx([1, 1, 1, 1, 0, 0], abs=1e-6)


def test_texts_without_a_word_give_an_empty_vocabulary() -> None:
    words = Words.fit(["", "?", "x"], 10)
    assert len(words) == 0
    assert words.transform(["anything"]).shape == (1, 0)


def test_what_does_not_fit_together_is_refused() -> None:
    with pytest.raises(ValueError, match="one weight per word"):
        Words(["a", "b"], np.ones(1, np.float32))
    with pytest.raises(ValueError, match="no word twice"):
        Words(["a", "a"], np.ones(2, np.float32))
