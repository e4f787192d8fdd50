"""People in front of an audience, and their instruments."""
# ruff: noqa: E501 - a path is read whole

from __future__ import annotations

from catalog.sample.draw.motifs.registry import motif
from catalog.sample.draw.palettes import Inks
from catalog.sample.draw.pen import Pen


@motif
def dancers(p: Pen, c: Inks) -> None:
    """A couple in a tight turn."""
    p.path("M52 100 L56 72 C52 60 52 46 56 38 C62 32 72 34 74 42 C78 56 76 72 74 100 H66 L65 76 L60 100 Z", c.ink)
    p.circ(62, 25, 7.4, c.ink)
    p.path("M55 24 C54 16 68 14 70 22 C66 20 60 20 55 24 Z", c.a)
    p.path(
        "M30 100 C24 86 30 74 38 64 C36 52 36 46 42 42 C50 40 54 46 52 54 C50 62 52 68 56 78 C58 88 56 96 52 102 C44 92 38 92 30 100 Z",
        c.a,
    )
    p.path("M40 70 C30 78 26 90 20 100 C32 94 40 96 46 100 C44 90 44 80 46 72 Z", c.b)
    p.circ(46, 31, 7, c.paper)
    p.path("M38 32 C36 20 50 18 53 26 C48 26 46 30 44 38 C40 38 38 36 38 32 Z", c.ink)
    p.path("M58 44 C48 46 44 52 40 56 L42 60 C48 56 56 54 62 52 Z", c.ink)
    p.path("M46 46 C34 42 26 34 14 34 L14 30 C28 28 38 36 48 40 Z", c.paper)
    p.path("M66 40 C50 36 32 34 16 28 L14 32 C30 40 48 46 62 48 Z", c.ink)


@motif
def tap_dancer(p: Pen, c: Inks) -> None:
    """A man in tails, upside down or not, as the room likes."""
    p.path("M46 46 C40 34 42 24 50 22 C58 22 62 30 60 44 L64 58 C66 62 60 66 58 62 L54 52 L44 60 Z", c.ink)
    p.path("M48 50 L60 52 L72 72 L86 80 L83 85 L67 78 L54 62 Z M46 48 L58 56 L44 76 L34 98 L28 96 L37 72 Z", c.ink)
    p.path("M86 80 L96 76 L97 80 L84 86 Z M34 98 L24 102 L22 98 L29 94 Z", c.a)
    p.path("M44 30 L26 22 L12 30 L10 26 L26 16 L48 24 Z M58 28 L74 18 L84 4 L88 6 L78 22 L60 36 Z", c.ink)
    p.circ(52, 14, 7, c.paper)
    p.path("M44 10 L60 6 L58 -8 L44 -5 Z", c.ink)
    p.stroke("M41 12 L64 6", c.ink, 2.6)
    p.path("M49 23 L54 22 L53 36 Z", c.paper)
    p.stroke("M12 28 L0 62", c.a, 2)
    p.path("M46 46 L38 62 L34 60 L42 44 Z M58 62 L66 74 L70 70 L62 56 Z", c.a)


@motif
def lady_legs(p: Pen, c: Inks) -> None:
    """A top hat, a chair, two legs."""
    p.path("M14 46 H62 V52 H14 Z", c.ink)
    p.stroke("M18 52 L14 104 M58 52 L62 104 M14 46 L12 4 M16 78 H60", c.ink, 3)
    p.path("M12 4 C24 0 34 6 34 20 V46 H14 Z", c.c)
    p.path("M26 40 C40 34 52 36 62 42 L94 20 C98 18 102 22 98 26 L66 54 C58 58 46 56 34 54 Z", c.paper)
    p.path("M42 52 C52 50 60 54 62 62 L66 92 L58 94 L52 66 Z", c.c)
    p.path("M94 20 L104 8 L108 12 L100 26 Z M58 92 L67 91 L78 98 L76 102 L58 100 Z", c.a)
    p.path("M74 33 L82 28 L88 34 L80 42 Z M55 72 L63 70 L64 78 L56 80 Z", c.ink)
    with p.at(40, 28, 1, -14):
        p.path("M-13 0 L-14 -24 H14 L13 0 Z", c.ink)
        p.ell(0, 0, 21, 3.6, c.ink)
        p.rect(-13.4, -8, 26.8, 4.4, c.a)


@motif
def fiddler_bones(p: Pen, c: Inks) -> None:
    """A skeleton that dances on its own ribs."""
    p.circ(50, 16, 13, c.paper)
    p.rect(43, 24, 14, 9, c.paper, 3)
    p.circ(45, 15, 4, c.ink)
    p.circ(55, 15, 4, c.ink)
    p.path("M50 19 L48 23 H52 Z", c.ink)
    for x in (46, 50, 54):
        p.line(x, 27, x, 33, c.ink, 1.1)
    p.line(50, 32, 50, 64, c.paper, 4)
    for i, w in enumerate((16, 17, 15, 11)):
        p.arc(50, 34 + i * 7, w, 200, 140, c.paper, 3)
    p.path("M36 64 C42 58 58 58 64 64 C62 72 56 70 50 70 C44 70 38 72 36 64 Z", c.paper)
    for d in (
        "M38 34 L18 24 L8 6",
        "M62 34 L82 42 L94 26",
        "M42 68 L22 76 L26 98 L16 100",
        "M58 68 L76 82 L66 100 L78 102",
    ):
        p.stroke(d, c.paper, 4)
    for x, y in ((18, 24), (82, 42), (22, 76), (76, 82), (8, 6), (94, 26)):
        p.circ(x, y, 4, c.paper)
    for x, y, t in ((8, 6, -30), (94, 26, 25)):
        for k in (-26, 0, 26):
            with p.at(x, y, 1, t + k):
                p.line(0, 0, 0, -10, c.paper, 2)


@motif
def chalk_clown(p: Pen, c: Inks) -> None:
    """A matchstick clown, one line, never still."""
    for d, w in (
        ("M50 10 C60 10 64 18 64 24 C64 32 58 38 50 38 C42 38 36 32 36 24 C36 18 40 10 50 10", 2.6),
        ("M38 14 L50 -12 L62 14", 2.6), ("M50 38 C48 50 52 58 50 68", 2.6),
        ("M50 46 C38 48 28 40 16 50 C12 54 10 50 8 46", 2.6), ("M50 46 C62 48 70 34 84 36 C90 36 92 30 96 30", 2.6),
        ("M50 68 C42 78 40 88 30 98 L20 97", 2.6), ("M50 68 C60 76 58 90 70 98 L80 96", 2.6),
        ("M42 45 C46 50 54 50 58 45", 2), ("M43 30 C47 34 53 34 57 30", 2),
    ):  # fmt: skip
        p.stroke(d, c.paper, w)
    p.circ(45, 22, 1.8, c.paper)
    p.circ(55, 22, 1.8, c.paper)
    p.circ(50, -13, 3, c.a)
    p.stroke("M96 30 C104 18 112 28 106 36 C100 44 112 50 120 42", c.a, 2.2)
    for x, y in ((50, 54), (50, 62)):
        p.circ(x, y, 2, c.a)


@motif
def footballer(p: Pen, c: Inks) -> None:
    """A runner with a leather helmet and somebody else's ball."""
    p.path("M46 34 C56 28 68 32 70 40 L72 58 L60 62 L48 58 Z", c.a)
    p.rect(55, 40, 4, 14, c.paper)
    p.rect(62, 40, 4, 14, c.paper)
    p.path("M48 56 L72 56 L86 74 L100 72 L100 78 L84 83 L68 68 L56 72 L44 92 L32 102 L26 98 L38 86 Z", c.ink)
    p.path("M98 68 L106 70 L104 82 L98 80 Z M30 96 L22 104 L34 106 L38 101 Z", c.b)
    p.path("M52 38 L38 52 L24 46 L22 51 L38 60 L56 50 Z", c.c)
    p.path("M66 36 L82 44 L80 54 L74 54 L75 48 L64 44 Z", c.c)
    with p.at(80, 54, 1, -24):
        p.ell(0, 0, 11, 7, c.b)
        p.stroke("M-4 0 H4 M-2.6 -2 V2 M0 -2 V2 M2.6 -2 V2", c.paper, 1)
    p.circ(56, 22, 9, c.c)
    p.path("M45 24 C43 8 66 6 67 20 L60 20 L58 28 L52 28 Z", c.ink)
    p.ring(63, 23, 2.6, 1, c.ink)


@motif
def trumpet(p: Pen, c: Inks) -> None:
    """A horn tipped at the moon."""
    with p.at(50, 50, 1, -32):
        p.path("M-52 -3 H20 C34 -3 42 -10 50 -24 C54 -24 54 24 50 24 C42 10 34 5 20 5 H-52 Z", c.b)
        p.path("M-52 1 H20 C34 3 42 10 50 24 C54 24 54 8 53 0 C44 6 34 3 20 1 Z", c.a)
        p.rect(-58, -5, 7, 11, c.ink, 2)
        p.frame(-32, -3, 46, 20, c.b, 5, 10)
        for x in (-18, -8, 2):
            p.rect(x - 3, -18, 7, 34, c.ink, 2)
            p.rect(x - 1.4, -25, 3.6, 9, c.ink, 1)
            p.circ(x + 0.5, -25, 4, c.b)
    for x, y in ((90, 4), (102, 18), (74, -6)):
        p.ell(x, y, 4.4, 3.2, c.ink, -20)
        p.line(x + 4, y, x + 4, y - 15, c.ink, 1.5)


@motif
def gramophone(p: Pen, c: Inks) -> None:
    """A horn that opens like a lotus."""
    for i in range(7):
        with p.at(42, 42, 1, -96 + i * 24):
            p.path("M0 6 C-14 -12 -12 -34 0 -46 C12 -34 14 -12 0 6 Z", c.a if i % 2 else c.b)
    p.circ(42, 42, 12, c.ink)
    p.path("M44 50 C54 60 66 58 66 74 L60 76 C60 66 48 64 38 54 Z", c.ink)
    p.rect(22, 82, 62, 18, c.ink, 2)
    p.rect(27, 87, 52, 8, c.a, 1)
    p.ell(52, 80, 28, 4.6, c.ink)
    p.ell(52, 79, 12, 1.9, c.b)
    p.stroke("M84 90 H94 V82", c.ink, 2.4)


@motif
def harp_piano(p: Pen, c: Inks) -> None:
    """A keyboard that turns into a stair, and a small bottle."""
    for i in range(7):
        x, y = 2 + i * 12, 82 - i * 11
        p.rect(x, y, 22, 9, c.paper)
        p.poly([(x, y + 9), (x + 22, y + 9), (x + 22, 108), (x, 108)], c.ink)
        p.rect(x, y + 9, 22, 4, c.c)
        if i % 3 != 2:
            p.rect(x + 9, y - 0.4, 12, 5, c.ink)
    p.path("M6 62 V48 H10 V42 H18 V48 H22 V62 Z", c.a)
    p.rect(9, 52, 10, 6, c.paper)
    p.path("M80 14 C76 2 84 -6 90 -4 C98 -2 98 8 94 12 C104 20 102 40 100 52 L76 14 Z", c.ink)
    p.path("M94 12 C104 20 103 40 100 52 L92 30 Z", c.a)


@motif
def star_lights(p: Pen, c: Inks) -> None:
    """A star on a pavement between two searchlights."""
    p.poly([(10, 100), (-20, -30), (14, -30)], c.c, 0.6)
    p.poly([(90, 100), (120, -30), (86, -30)], c.c, 0.6)
    p.star(50, 46, 44, 17, 5, c.b)
    for i in range(5):
        with p.at(50, 46, 1, 72 * i):
            p.poly([(0, 0), (0, -44), (10, -13.8)], c.a)
    p.rect(4, 92, 14, 10, c.ink, 2)
    p.rect(82, 92, 14, 10, c.ink, 2)


@motif
def poet_pages(p: Pen, c: Inks) -> None:
    """A man in a doorway of light while his pages fly."""
    p.rect(28, 0, 44, 104, c.b)
    p.path(
        "M50 22 C56 22 57 30 54 34 L56 37 L104 44 L104 49 L58 48 L60 72 L58 104 H52 L50 78 L48 104 H42 L40 72 L42 48 L-4 49 L-4 44 L44 37 L46 34 C43 30 44 22 50 22 Z",
        c.ink,
    )
    p.path("M42 48 L36 84 L42 80 Z M58 48 L66 86 L58 80 Z", c.a)
    for x, y, t, s in (
        (8, 18, -20, 1.0),
        (92, 22, 24, 1.1),
        (14, 72, 16, 0.9),
        (88, 76, -26, 1.0),
        (4, 94, -8, 0.8),
        (100, 2, 10, 0.8),
        (-8, 52, 34, 0.8),
        (110, 58, -14, 0.9),
    ):
        with p.at(x, y, s, t):
            p.path("M-9 -11 C-4 -14 4 -8 9 -11 L9 11 C4 14 -4 8 -9 11 Z", c.paper)
            for k in (-5, 0, 5):
                p.line(-5, k, 5, k, c.a, 1)
