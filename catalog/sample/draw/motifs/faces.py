"""Faces, masks and eyes."""

from __future__ import annotations

from catalog.sample.draw.motifs.registry import motif
from catalog.sample.draw.palettes import Inks
from catalog.sample.draw.pen import Pen, disc, svg


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
def phantom_mask(p: Pen, c: Inks) -> None:
    """A white mask above organ pipes."""
    for i in range(9):
        h = 30 + 9 * (4 - abs(i - 4))
        p.rect(6 + i * 10, 100 - h, 8, h, c.a)
        p.rect(6 + i * 10, 100 - h, 3, h, c.b)
        p.path(f"M{6 + i * 10} 92 h8 l-4 6 Z", c.ink)
    mask = "M22 22 C36 12 64 12 78 22 C82 42 78 58 66 66 C60 60 55 58 50 58 C45 58 40 60 34 66 C22 58 18 42 22 22 Z"
    p.path(mask, c.paper)
    with p.clip(svg(mask)):
        p.path("M50 10 H90 V80 H58 C62 50 56 30 50 10 Z", c.c)
    p.path("M28 36 C34 28 44 30 46 40 C40 46 30 45 28 36 Z M72 36 C66 28 56 30 54 40 C60 46 70 45 72 36 Z", c.ink)
    p.path("M50 40 C54 50 54 54 50 56 C47 54 47 48 50 40 Z", c.ink)
    p.stroke("M25 28 C32 22 42 24 47 31 M75 28 C68 22 58 24 53 31", c.ink, 1.6)


@motif
def eye_mask(p: Pen, c: Inks) -> None:
    """A black hood, two eyes and a question."""
    p.path("M50 0 C80 0 90 26 86 54 C84 78 70 88 66 104 H34 C30 88 16 78 14 54 C10 26 20 0 50 0 Z", c.ink)
    p.path("M20 42 C30 34 42 38 47 48 C38 54 26 54 20 42 Z M80 42 C70 34 58 38 53 48 C62 54 74 54 80 42 Z", c.paper)
    for x in (34, 66):
        p.circ(x, 45.6, 5.2, c.a)
        p.circ(x, 45.6, 2.2, c.ink)
    p.path("M40 76 C44 72 48 72 50 74 C52 72 56 72 60 76 C56 82 44 82 40 76 Z", c.a)
    p.stroke("M18 34 C28 26 40 30 47 40 M82 34 C72 26 60 30 53 40", c.a, 1.2)


@motif
def bandit(p: Pen, c: Inks) -> None:
    """Hat, moustache, and a pistol pointed at the stalls."""
    p.path("M12 104 C12 78 30 72 50 72 C70 72 88 78 88 104 Z", c.ink)
    p.path("M30 34 H70 C72 56 66 76 50 78 C34 76 28 56 30 34 Z", c.c)
    p.path("M50 34 H70 C72 56 66 76 50 78 Z", c.a)
    p.path("M2 34 C20 26 32 30 34 26 C34 8 40 2 50 6 C60 2 66 8 66 26 C68 30 80 26 98 34 C84 44 16 44 2 34 Z", c.ink)
    p.rect(34, 22, 32, 5, c.a)
    p.path("M34 45 L46 48 L36 49 Z M66 45 L54 48 L64 49 Z", c.ink)
    p.path("M28 62 C36 54 46 56 50 60 C54 56 64 54 72 62 C64 66 54 66 50 63 C46 66 36 66 28 62 Z", c.ink)
    p.path("M26 76 C40 86 60 86 74 76 L66 92 L50 100 L34 92 Z", c.a)
    p.circ(58, 84, 11, c.ink)
    p.circ(58, 84, 8, c.c)
    p.circ(58, 84, 4.6, c.ink)
    p.path("M50 94 L66 94 L72 112 L48 112 Z", c.paper)


@motif
def top_hat_mask(p: Pen, c: Inks) -> None:
    """A masked gentleman who stands over the roofs."""
    p.path("M24 104 L30 62 C34 52 42 50 50 50 C58 50 66 52 70 62 L76 104 Z", c.ink)
    p.path("M44 52 L50 74 L56 52 Z", c.paper)
    p.path("M46 54 H54 L51 58 L54 70 L50 76 L46 70 L49 58 Z", c.a)
    p.path("M38 26 H62 C63 42 58 52 50 53 C42 52 37 42 38 26 Z", c.paper)
    p.path("M37 32 C44 28 48 32 50 34 C52 32 56 28 63 32 C63 40 56 41 50 37 C44 41 37 40 37 32 Z", c.ink)
    p.ell(44, 35, 2.4, 1.5, c.paper)
    p.ell(56, 35, 2.4, 1.5, c.paper)
    p.path("M36 27 L37 2 H63 L64 27 Z", c.ink)
    p.ell(50, 27, 21, 3.4, c.ink)
    p.rect(36.6, 20, 26.8, 4, c.a)
    p.path("M70 62 C86 66 88 80 72 82 L60 80 L61 74 L72 74 C74 72 72 70 66 70 Z", c.ink)
    p.path("M48 80 L60 74 L62 80 L50 84 Z", c.paper)
    p.path("M44 78 L30 104 L33 104 L48 84 Z", c.b)


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
    p.path("M8 104 C10 80 28 74 34 70 H66 C72 74 90 80 92 104 Z", c.a)
    p.path("M26 30 C22 12 36 6 50 6 C64 6 78 12 74 30 L76 60 C72 76 62 82 50 82 C38 82 28 76 24 60 Z", c.c)
    p.path("M50 6 C64 6 78 12 74 30 L76 60 C72 76 62 82 50 82 Z", c.a)
    p.path("M22 44 C18 18 30 0 50 0 C70 0 82 18 78 44 L72 60 C74 44 70 34 66 28 H34 C30 34 26 44 28 60 Z", c.ink)
    p.path("M32 40 L46 42 L45 47 L34 46 Z M68 40 L54 42 L55 47 L66 46 Z", c.ink)
    p.circ(40, 46, 1.6, c.paper)
    p.circ(60, 46, 1.6, c.paper)
    p.path("M47 46 L44 60 H56 L53 46 Z", c.ink)
    p.path("M38 69 H62 L60 73 H40 Z", c.ink)
    p.star(50, 93, 10, 4.2, 5, c.b)


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
def eye_lens(p: Pen, c: Inks) -> None:
    """A camera that is an eye."""
    p.path("M0 50 C22 14 78 14 100 50 C78 86 22 86 0 50 Z", c.paper)
    p.circ(50, 50, 30, c.ink)
    p.circ(50, 50, 25, c.c)
    for i in range(7):
        with p.at(50, 50, 1, i * 360 / 7):
            p.path("M0 -9 L22 -12 L24 3 Z", c.ink)
    p.ring(50, 50, 25, 2.6, c.a)
    p.circ(50, 50, 9.5, c.a)
    p.circ(50, 50, 5, c.ink)
    p.circ(45, 45, 2.4, c.paper)
    p.stroke("M0 50 C22 14 78 14 100 50", c.ink, 4)
    for x, y, t in ((10, 30, -46), (27, 17, -26), (50, 11, 0), (73, 17, 26), (90, 30, 46)):
        with p.at(x, y, 1, t):
            p.line(0, 0, 0, -11, c.ink, 3.2)


@motif
def razor_eye(p: Pen, c: Inks) -> None:
    """A cloud crosses the moon, and the moon is an eye."""
    p.circ(50, 50, 47, c.paper)
    with p.clip(disc(50, 50, 47)):
        p.path("M4 52 C24 26 76 26 96 52 C76 74 24 74 4 52 Z", c.c)
        p.circ(50, 49, 18, c.ink)
        p.circ(50, 49, 15, c.a)
        p.circ(50, 49, 7, c.ink)
        p.circ(44, 43, 3, c.paper)
        p.path(
            "M-10 44 C16 41 30 47 50 45 C74 43 88 47 112 42 L112 51 C86 55 72 49 50 52 C28 54 14 49 -10 53 Z", c.paper
        )
        p.path("M-10 47 L112 45 L112 48 L-10 50 Z", c.ink)
    p.stroke("M4 52 C24 26 76 26 96 52", c.ink, 3.2)
    for x, y in ((30, 84), (44, 90), (60, 87), (72, 80)):
        p.ell(x, y, 2.2, 1.2, c.ink, x)
        p.stroke(
            f"M{x - 3} {y - 3} L{x + 3} {y + 3} M{x - 3} {y + 3} L{x + 3} {y - 3} M{x} {y - 4} V{y + 4}", c.ink, 0.7
        )


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
def skull(p: Pen, c: Inks) -> None:
    """A skull that exhales."""
    p.path(
        "M50 4 C80 4 92 28 86 52 C84 60 76 64 76 72 V82 C70 90 30 90 24 82 V72 C24 64 16 60 14 52 C8 28 20 4 50 4 Z",
        c.paper,
    )
    p.path("M58 5 C84 8 92 30 86 52 C84 60 76 64 76 72 V82 C72 86 64 88 58 88 C70 60 74 30 58 5 Z", c.c)
    p.path(
        "M22 44 C26 34 42 34 44 46 C44 58 34 62 27 58 C22 56 20 50 22 44 Z M78 44 C74 34 58 34 56 46 C56 58 66 62 73 58 C78 56 80 50 78 44 Z",
        c.ink,
    )
    p.circ(34, 48, 4, c.a)
    p.circ(66, 48, 4, c.a)
    p.path("M50 54 L44 68 L50 66 L56 68 Z", c.ink)
    for x in (32, 39, 46, 54, 61, 68):
        p.line(x, 74, x, 87, c.ink, 2)
    p.line(26, 80, 74, 80, c.ink, 1.4)


@motif
def noh_mask(p: Pen, c: Inks) -> None:
    """A smiling mask behind bars, and what it covers."""
    p.path("M50 4 C78 4 86 30 82 54 C78 78 62 96 50 98 C38 96 22 78 18 54 C14 30 22 4 50 4 Z", c.paper)
    p.path("M60 5 C80 10 86 34 82 54 C78 78 62 96 50 98 C66 78 74 40 60 5 Z", c.c)
    p.path("M16 34 C16 8 34 0 50 0 C66 0 84 8 84 34 C74 16 64 14 50 20 C36 14 26 16 16 34 Z", c.ink)
    p.ell(35, 24, 6, 2.6, c.ink, -8)
    p.ell(65, 24, 6, 2.6, c.ink, 8)
    p.path("M24 46 C30 40 40 41 44 48 C38 50 30 50 24 46 Z M76 46 C70 40 60 41 56 48 C62 50 70 50 76 46 Z", c.ink)
    p.path("M47 46 C45 58 41 62 44 65 H56 C59 62 55 58 53 46", c.c)
    p.stroke("M42 64 C46 67 54 67 58 64", c.ink, 1.8)
    p.path("M32 74 C40 71 46 74 50 75 C54 74 60 71 68 74 C62 86 38 86 32 74 Z", c.a)
    p.path("M38 76 C46 78 54 78 62 76 C58 80 42 80 38 76 Z", c.ink)


@motif
def hypnotic_eyes(p: Pen, c: Inks) -> None:
    """Two eyes and locked hands."""
    for x in (26, 74):
        p.path(f"M{x - 25} 28 C{x - 12} 8 {x + 12} 8 {x + 25} 28 C{x + 12} 42 {x - 12} 42 {x - 25} 28 Z", c.paper)
        for r, ink in ((13, c.ink), (10.4, c.a), (7, c.ink), (4.6, c.paper), (2.2, c.ink)):
            p.circ(x, 26, r, ink)
    p.path("M-2 14 C10 -4 36 -4 48 16 C34 6 14 4 -2 14 Z M102 14 C90 -4 64 -4 52 16 C66 6 86 4 102 14 Z", c.ink)
    p.path("M28 104 L34 74 C34 62 46 60 56 62 C68 64 70 74 66 80 L76 104 Z", c.c)
    for i in range(4):
        p.stroke(f"M{37 + i * 8} 64 C{34 + i * 8} 72 {38 + i * 8} 78 {36 + i * 8} 86", c.ink, 2)
    for i in range(4):
        p.ell(36 + i * 9, 68 + (i % 2) * 3, 5.6, 3.6, c.c, 70)


@motif
def rubber_mask(p: Pen, c: Inks) -> None:
    """A felt hood with holes cut out, under a hat."""
    p.path("M18 104 C20 84 36 82 50 82 C64 82 80 84 82 104 Z", c.ink)
    p.path("M28 30 H72 C76 60 70 86 50 88 C30 86 24 60 28 30 Z", c.a)
    p.path("M50 30 H72 C76 60 70 86 50 88 Z", c.c)
    p.path("M8 32 C20 28 28 30 32 26 C34 10 40 6 50 8 C60 6 66 10 68 26 C72 30 80 28 92 32 C78 40 22 40 8 32 Z", c.ink)
    p.rect(32, 21, 36, 5, c.b)
    p.circ(40, 50, 5.4, c.ink)
    p.circ(60, 50, 5.4, c.ink)
    p.circ(40, 50, 1.8, c.paper)
    p.circ(60, 50, 1.8, c.paper)
    p.ell(50, 72, 9, 3.4, c.ink)
    p.stroke("M50 40 V64", c.ink, 1.2)


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
