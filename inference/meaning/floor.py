"""Where nonsense ends: how close to films a text comes that means nothing. Measured, since every encoder has its own.

Cosines of one encoder cannot be compared with another's, and the best of many films is closer than the best of few:
so the floor is what strings of random letters reach with the films of this site. A text of words that films have is
believed sooner than one of words that no film has.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from inference.meaning import spaces
from inference.models import TextSpace

PROBES = 400
QUANTILES = 0.5, 0.95  # of what they reach: the floor is between the two
UNKNOWN = 0.15  # of the way from the floor to 1: added for a text none of whose words any film has
LETTERS = np.array(list("abcdefghijklmnopqrstuvwxyz"))
# The same in English and Korean: an encoder that reads Korean puts each beside its own translation.
PAIRS = (
    ("A detective hunts a serial killer.", "형사가 연쇄 살인범을 쫓는다."),
    ("Two people fall in love in Paris.", "두 사람이 파리에서 사랑에 빠진다."),
    ("Astronauts are stranded in space.", "우주 비행사들이 우주에 고립된다."),
    ("A family moves into a haunted house.", "한 가족이 유령이 나오는 집으로 이사한다."),
    ("Soldiers fight behind enemy lines.", "병사들이 적진에서 싸운다."),
    ("A thief plans to rob a bank.", "도둑이 은행을 털 계획을 세운다."),
    ("A boxer makes a comeback.", "권투 선수가 재기한다."),
    ("Animals escape from the zoo.", "동물들이 동물원에서 탈출한다."),
)

Encode = Callable[[Sequence[str]], NDArray[np.float32]]


def nonsense(count: int = PROBES, seed: int = 0) -> list[str]:
    """Texts of one to three words of random letters."""
    random = np.random.default_rng(seed)
    return [
        " ".join("".join(random.choice(LETTERS, random.integers(3, 8))) for _ in range(random.integers(1, 4)))
        for _ in range(count)
    ]


def measure(space: TextSpace, encode: Encode) -> float:
    """The cosine that the best film of a nonsense text does not often exceed; 0 without films."""
    best = [found[:1] for vector in encode(nonsense()) if len(found := spaces.nearest(space, vector, 1)[1])]
    return float(np.quantile(np.concatenate(best), QUANTILES).mean()) if best else 0.0


def reads_korean(encode: Encode) -> bool:
    """Whether most of the Korean sentences are closest to their own translation."""
    english, korean = encode([pair[0] for pair in PAIRS]), encode([pair[1] for pair in PAIRS])
    own = (korean @ english.T).argmax(1) == np.arange(len(PAIRS))
    return bool(own.mean() > 0.75)


def of_query(space: TextSpace, known: float) -> float:
    """The floor for one text: higher for one whose words no film has. `known`: the share that some film has."""
    return space.floor + UNKNOWN * (1 - known) * (1 - space.floor)
