"""Faces."""
# ruff: noqa: E501 - a path is read whole

from __future__ import annotations

from catalog.sample.draw.motifs.registry import motif
from catalog.sample.draw.palettes import Inks
from catalog.sample.draw.pen import Pen
from catalog.sample.draw.shapes import mix, svg

HEAD = "M50 6 C76 6 84 26 82 48 C80 74 64 94 50 98 C36 94 20 74 18 48 C16 26 24 6 50 6 Z"


@motif
def half_face(p: Pen, c: Inks) -> None:
    """One head, two men: a gentleman and what he drinks himself into."""
    p.path(HEAD, c.paper)
    with p.clip(svg(HEAD)):
        p.rect(50, 0, 60, 110, c.a)
        p.path("M16 40 C14 0 86 -4 84 30 C70 14 60 20 50 16 C38 18 26 20 22 44 Z", c.ink)
    p.path("M50 14 L58 2 L62 14 L72 4 L72 18 L84 14 L80 28 L92 32 L82 44 L74 26 Z", c.ink)
    p.stroke("M26 40 C30 36 38 36 43 40", c.ink, 2)
    p.path("M27 47 C32 42 39 43 42 47 C38 50 31 50 27 47 Z", c.ink)
    p.path("M54 42 L78 32 L76 40 Z", c.ink)
    p.circ(66, 47, 6.6, c.paper)
    p.circ(65, 47, 2.6, c.ink)
    p.path("M50 44 L44 64 L50 67 Z", c.c)
    p.path("M50 44 L60 62 L50 67 Z", c.ink)
    p.stroke("M36 78 C42 76 46 77 50 78", c.ink, 2)
    p.path("M50 74 C60 70 70 72 76 66 C74 82 62 88 50 86 Z", c.ink)
    for x in (53, 59, 65, 70):
        p.poly([(x, 74), (x + 4.6, 73), (x + 2.4, 80)], c.paper)
    p.line(50, 4, 50, 98, c.ink, 1.6)


@motif
def saint_face(p: Pen, c: Inks) -> None:
    """A shorn head looking up, one tear, a crown of straw."""
    with p.at(50, 50, 1, -9), p.at(-50, -50):
        p.path("M34 84 L30 112 H74 L66 80 Z", c.c)
        p.path("M50 8 C74 8 82 28 80 48 C78 70 66 88 50 90 C34 88 22 70 20 48 C18 28 26 8 50 8 Z", c.paper)
        p.path("M56 9 C76 12 82 30 80 48 C78 70 66 88 50 90 C66 74 70 40 56 9 Z", c.c)
        p.path(
            "M18 46 C12 14 34 2 50 2 C70 2 88 14 82 44 C80 34 76 28 72 26 L66 30 L60 22 L52 28 L44 22 L36 30 L28 26 C22 32 20 40 18 46 Z",
            c.ink,
        )
        p.path("M28 44 C33 36 42 37 45 43 C40 49 32 50 28 44 Z M72 44 C67 36 58 37 55 43 C60 49 68 50 72 44 Z", c.ink)
        p.ell(37, 41.4, 2.6, 2.2, c.paper)
        p.ell(63, 41.4, 2.6, 2.2, c.paper)
        p.stroke("M26 36 C32 31 40 31 46 35 M74 36 C68 31 60 31 54 35", c.ink, 1.8)
        p.stroke("M51 44 C54 54 56 60 50 63 C48 63.6 46 63 45 62", c.ink, 1.8)
        p.path("M40 73 C45 70 48 71 50 72 C52 71 55 70 60 73 C56 78 44 78 40 73 Z", c.a)
        p.path("M34 51 C37 58 38 62 35 65 C31 64 31 58 34 51 Z", c.a)


@motif
def grin(p: Pen, c: Inks) -> None:
    """A smile that cannot be taken off."""
    p.path("M14 0 H86 C94 40 90 76 50 100 C10 76 6 40 14 0 Z", c.paper)
    p.path("M60 0 H86 C94 40 90 76 50 100 C72 70 74 30 60 0 Z", c.c)
    p.path("M10 -4 C20 -18 80 -18 90 -4 L94 34 C84 24 84 8 78 4 C62 10 40 8 26 6 C18 12 16 24 6 34 Z", c.ink)
    p.path("M20 34 C26 24 40 24 45 34 C38 42 26 42 20 34 Z M80 34 C74 24 60 24 55 34 C62 42 74 42 80 34 Z", c.ink)
    p.circ(34, 32, 2.4, c.paper)
    p.circ(66, 32, 2.4, c.paper)
    p.path("M12 24 C22 14 38 14 46 24 C38 20 24 20 12 24 Z M88 24 C78 14 62 14 54 24 C62 20 76 20 88 24 Z", c.ink)
    p.stroke("M48 38 C46 50 44 54 49 56 H53", c.ink, 2)
    p.path("M10 54 C30 68 70 68 90 54 C88 84 66 92 50 92 C34 92 12 84 10 54 Z", c.ink)
    p.path("M14 58 C32 70 68 70 86 58 C86 68 82 74 78 77 C62 82 38 82 22 77 C18 74 14 68 14 58 Z", c.paper)
    for x in (24, 33, 42, 50, 58, 67, 76):
        p.line(x, 62, x + (50 - x) * 0.1, 81, c.ink, 1.2)
    p.path("M34 88 C40 84 60 84 66 88 C60 92 40 92 34 88 Z", c.a)


@motif
def bob_woman(p: Pen, c: Inks) -> None:
    """A profile under a black bob, with pearls."""
    p.path("M40 66 L32 106 H84 C82 92 74 86 66 82 L66 60 Z", c.paper)
    p.path(
        "M30 26 C28 36 26 40 22 50 C21 53 25 53 27 54 L26 60 L28 63 L27 66 C27 72 32 74 40 72 L50 76 L64 62 L60 22 Z",
        c.paper,
    )
    p.path(
        "M28 34 C26 10 48 0 64 8 C84 18 86 44 78 66 C66 72 56 66 54 52 C56 48 52 42 48 44 C46 38 46 34 44 32 C38 34 32 34 28 34 Z",
        c.ink,
    )
    p.path("M30 40 C33 38 37 38 40 40 C37 42 33 43 30 41 Z", c.ink)
    p.stroke("M29 36 C32 34 37 34 41 36", c.ink, 1.3)
    p.path("M26 60 C30 58 34 60 36 62 C33 65 29 66 27 64 Z", c.a)
    p.circ(58, 64, 2.4, c.b)
    for i in range(8):
        p.circ(38 + i * 4.4, 88 + 6 * (1 - ((i - 3.5) / 3.5) ** 2), 2.3, c.b)
    p.path("M64 8 C84 18 86 44 78 66 C74 68 70 68 67 67 C78 46 76 22 64 8 Z", c.a)


@motif
def qipao_woman(p: Pen, c: Inks) -> None:
    """A woman under a street lamp, turned half away."""
    p.line(84, 4, 84, 104, c.ink, 2.6)
    p.path("M84 4 C74 2 70 8 70 14", c.ink)
    p.path("M62 24 L66 13 H76 L80 24 Z", c.ink)
    p.path("M62 24 H80 L96 104 H36 Z", c.b, 0.5)
    p.path("M40 40 C30 44 30 52 32 62 C26 74 26 88 28 106 H58 C60 88 58 74 54 64 C58 54 58 44 50 40 Z", c.a)
    p.path("M50 40 C58 44 58 54 54 64 C58 74 60 88 58 106 H46 C50 84 48 62 50 40 Z", c.ink)
    p.path("M41 34 H50 L51 42 H39 Z", c.paper)
    p.path("M37 20 C36 28 38 36 44 37 C50 38 53 30 53 22 Z", c.paper)
    p.path("M36 24 C32 8 52 6 55 16 C60 18 60 32 54 34 C54 26 50 22 46 20 C42 20 38 22 36 24 Z", c.ink)
    p.path("M32 48 C24 56 24 66 34 72 L38 70 C32 64 32 58 36 52 Z", c.paper)
    p.stroke("M40 41 C44 46 46 50 54 52", c.b, 1.4)
    for x, y in ((36, 60), (44, 72), (34, 82), (48, 90), (40, 98)):
        p.star(x, y, 3.4, 1.6, 5, c.paper)


@motif
def aelita_crown(p: Pen, c: Inks) -> None:
    """A queen of Mars with aerials for a crown."""
    for i in range(-4, 5):
        with p.at(50, 40, 1, i * 20):
            p.line(0, -16, 0, -46, c.ink, 2.4)
            p.circ(0, -47, 3, c.a if i % 2 else c.b)
    p.arc(50, 40, 32, 190, 160, c.ink, 2)
    p.path("M34 74 L28 106 H72 L66 74 Z", c.c)
    p.path("M30 40 C30 22 70 22 70 40 C72 64 62 80 50 82 C38 80 28 64 30 40 Z", c.paper)
    p.path("M50 27 C64 27 70 32 70 40 C72 64 62 80 50 82 Z", c.c)
    p.path("M26 48 C22 20 36 16 50 16 C64 16 78 20 74 48 C68 34 60 32 50 36 C40 32 32 34 26 48 Z", c.a)
    p.path("M34 50 C38 46 44 47 46 51 C42 53 37 53 34 50 Z M66 50 C62 46 56 47 54 51 C58 53 63 53 66 50 Z", c.ink)
    p.stroke("M32 44 L46 46 M68 44 L54 46", c.ink, 1.5)
    p.stroke("M50 52 L48 62 H52", c.ink, 1.4)
    p.path("M44 70 L50 68 L56 70 L50 74 Z", c.a)
    for i, x in enumerate((22, 78)):
        p.path(f"M{x} 84 L{x + (14 if i == 0 else -14)} 74 V106 H{x} Z", c.ink)


@motif
def robot_head(p: Pen, c: Inks) -> None:
    """A machine made in the image of a saint: plates, visor, and rings of light."""
    for r in (46, 40, 34):
        p.ring(50, 42, r, 1.8, c.b)
    p.path("M16 104 C18 84 36 80 42 78 V66 H58 V78 C64 80 82 84 84 104 Z", c.a)
    p.path("M50 66 H58 V78 C64 80 82 84 84 104 H50 Z", c.ink)
    p.path("M28 36 C28 10 38 4 50 4 C62 4 72 10 72 36 L70 56 C66 70 56 74 50 74 C44 74 34 70 30 56 Z", c.paper)
    p.path("M50 4 C62 4 72 10 72 36 L70 56 C66 70 56 74 50 74 Z", c.c)
    p.path("M46 2 H54 V30 H46 Z", c.a)
    p.path("M22 30 H30 V54 H24 Z M78 30 H70 V54 H76 Z", c.ink)
    p.path(
        "M34 36 C38 32 44 33 46 37 L45 42 C40 43 36 42 34 36 Z M66 36 C62 32 56 33 54 37 L55 42 C60 43 64 42 66 36 Z",
        c.ink,
    )
    p.path("M48.6 38 H51.4 L53.4 54 H46.6 Z", c.ink)
    p.rect(42, 60, 16, 2.4, c.ink)
    p.stroke("M34 50 C36 58 40 64 44 68 M66 50 C64 58 60 64 56 68", c.ink, 1.3)
    p.circ(50, 92, 6, c.b)
    p.stroke("M30 92 H40 M60 92 H70 M34 98 H66", c.b, 1.8)


@motif
def golem_head(p: Pen, c: Inks) -> None:
    """A head of clay with a star for a heart."""
    p.path("M8 104 C10 80 28 74 34 70 H66 C72 74 90 80 92 104 Z", mix(c.c, c.ink, 0.55))
    p.path("M26 30 C22 12 36 6 50 6 C64 6 78 12 74 30 L76 60 C72 76 62 82 50 82 C38 82 28 76 24 60 Z", c.c)
    p.path("M50 6 C64 6 78 12 74 30 L76 60 C72 76 62 82 50 82 Z", mix(c.c, c.ink, 0.35))
    p.path("M22 44 C18 18 30 0 50 0 C70 0 82 18 78 44 L72 60 C74 44 70 34 66 28 H34 C30 34 26 44 28 60 Z", c.ink)
    p.path("M32 40 L46 42 L45 47 L34 46 Z M68 40 L54 42 L55 47 L66 46 Z", c.ink)
    p.circ(40, 46, 1.6, c.paper)
    p.circ(60, 46, 1.6, c.paper)
    p.path("M47 46 L44 60 H56 L53 46 Z", c.ink)
    p.path("M38 69 H62 L60 73 H40 Z", c.ink)
    p.star(50, 93, 10, 4.2, 5, c.b)


@motif
def helmet_field(p: Pen, c: Inks) -> None:
    """A bicorne, an eagle and three colours."""
    p.path("M2 62 C10 30 30 10 50 10 C70 10 90 30 98 62 C84 52 68 48 50 48 C32 48 16 52 2 62 Z", c.ink)
    p.stroke("M6 58 C16 32 32 15 50 15 C68 15 84 32 94 58", c.b, 2)
    p.circ(64, 34, 8, c.a)
    p.circ(64, 34, 5.2, c.paper)
    p.circ(64, 34, 2.6, c.b)
    p.path("M32 50 C38 47 62 47 68 50 C70 64 66 80 58 86 L58 104 H40 L40 86 C34 80 30 64 32 50 Z", c.paper)
    p.path("M54 48 C62 48 66 49 68 50 C70 64 66 80 58 86 L58 104 H50 C56 84 58 64 54 48 Z", c.c)
    p.path(
        "M36 60 C40 57 45 58 47 61 L46 63 C42 62 39 62 36 62 Z M64 60 C60 57 55 58 53 61 L54 63 C58 62 61 62 64 62 Z",
        c.ink,
    )
    p.path("M49 62 C47 70 46 72 48 74 H52", c.c)
    p.stroke("M44 80 H56", c.ink, 1.8)
    p.path("M32 50 L30 66 L35 64 Z M68 50 L70 66 L65 64 Z", c.ink)


@motif
def santa_hat(p: Pen, c: Inks) -> None:
    """A green face with two aerials under a red hat."""
    p.path("M22 50 H78 C80 76 68 98 50 100 C32 98 20 76 22 50 Z", c.a)
    p.path("M50 50 H78 C80 76 68 98 50 100 Z", c.ink, 0.22)
    p.path("M14 40 C20 10 46 -6 66 2 C84 8 92 22 96 36 L84 30 C82 36 84 38 84 42 Z", c.b)
    p.circ(97, 40, 8, c.paper)
    p.rect(12, 36, 76, 15, c.paper, 7)
    p.stroke("M28 36 C22 20 18 12 8 8 M34 34 C32 22 30 14 26 6", c.ink, 2.4)
    p.circ(8, 7, 4, c.ink)
    p.circ(26, 4, 4, c.ink)
    p.path("M28 60 C34 54 44 56 46 64 C40 69 31 68 28 60 Z M72 60 C66 54 56 56 54 64 C60 69 69 68 72 60 Z", c.paper)
    p.circ(38, 62.6, 3, c.ink)
    p.circ(62, 62.6, 3, c.ink)
    p.stroke("M48 68 V76 H53", c.ink, 1.8)
    p.path("M36 83 C42 87 58 87 64 83 C60 93 40 93 36 83 Z", c.ink)
