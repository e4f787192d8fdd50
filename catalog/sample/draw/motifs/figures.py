"""People: whole figures, hands and shadows."""

from __future__ import annotations

from catalog.sample.draw.motifs.registry import motif
from catalog.sample.draw.palettes import Inks
from catalog.sample.draw.pen import Pen, disc, svg


@motif
def claw_shadow(p: Pen, c: Inks) -> None:
    """The shadow that climbs first: a bald head, a hump, ten long nails."""
    p.path(
        "M56 104 C54 80 50 66 52 50 C52 42 58 38 62 40 C66 22 82 20 88 32 C93 42 88 52 82 54 C92 60 96 80 94 104 Z",
        c.ink,
    )
    p.path("M63 38 C60 32 58 28 60 24 C64 28 66 32 67 35 Z", c.ink)
    p.path("M86 30 C92 26 96 26 98 22 C98 32 94 38 90 40 Z", c.ink)
    p.path("M56 60 C44 54 38 48 28 46 L30 40 C42 42 52 48 60 54 Z", c.ink)
    p.path(
        "M30 40 C24 38 14 36 2 40 C12 32 24 34 32 40 Z M30 42 C22 34 16 26 4 22 C16 20 26 28 34 40 Z M31 43 C28 32 24 22 16 10 C28 16 34 28 36 42 Z M32 44 C34 32 34 22 31 6 C40 18 40 30 38 46 Z M28 44 C22 46 12 52 6 62 C12 60 26 56 34 50 Z",
        c.ink,
    )


@motif
def sleepwalker(p: Pen, c: Inks) -> None:
    """A tall thin man with one arm along the wall."""
    p.path("M44 100 L46 60 L42 32 C42 26 46 24 50 24 C54 24 58 26 58 32 L56 60 L60 100 H53 L51 66 L50 100 Z", c.ink)
    p.path("M56 28 L84 8 L92 4 L90 8 L96 9 L88 14 L58 36 Z M44 28 L30 48 L32 64 L36 62 L35 50 L46 38 Z", c.ink)
    p.ell(50, 15, 7, 9, c.paper)
    p.path("M42 17 C40 2 60 2 58 17 C56 8 52 8 50 10 C48 8 44 8 42 17 Z", c.ink)
    p.ell(47, 16, 1.7, 2.2, c.ink)
    p.ell(53, 16, 1.7, 2.2, c.ink)


@motif
def rider(p: Pen, c: Inks) -> None:
    """A horse at full stretch with its rider."""
    p.path(
        "M4 50 C12 44 18 48 22 52 C36 46 54 48 66 46 C72 40 78 32 84 28 L86 22 L90 27 C96 32 99 38 98 42 C94 44 90 42 88 40 C86 48 82 56 76 62 C84 66 92 70 98 80 L93 82 C88 74 78 72 70 70 C72 78 64 84 60 94 L55 92 C58 82 62 78 60 70 C50 68 40 70 32 70 C24 76 14 76 4 84 L1 80 C10 72 18 70 20 62 C18 58 12 54 4 50 Z",
        c.ink,
    )
    p.path("M24 68 C24 78 14 84 10 96 L15 98 C20 88 30 82 34 70 Z", c.ink)
    p.path("M66 46 C72 40 78 32 84 28 C78 40 76 46 70 52 Z", c.b)
    p.path(
        "M44 50 C42 38 46 28 54 26 C60 26 62 34 60 42 C66 42 72 40 76 36 L78 40 C72 46 64 48 58 48 L60 62 L56 74 L52 72 L53 60 Z",
        c.a,
    )
    p.circ(57, 20, 5.6, c.paper)
    p.path("M48 18 C52 10 62 8 66 17 C60 15 54 16 48 18 Z", c.a)
    p.path("M48 30 C36 26 22 30 12 24 C22 38 36 40 46 44 Z", c.b)


@motif
def samurai(p: Pen, c: Inks) -> None:
    """A swordsman in three strokes, blade over his head."""
    p.path(
        "M30 100 C26 78 34 62 42 54 L38 40 C44 34 58 34 62 40 L60 54 C72 62 80 80 76 100 L56 100 L52 76 L46 100 Z", c.a
    )
    p.path("M42 54 C50 60 56 58 60 54 L62 62 C54 66 46 64 40 60 Z", c.ink)
    p.path(
        "M38 40 C26 38 20 28 26 18 L32 14 L36 20 C32 26 36 32 44 34 Z M62 40 C68 36 68 28 60 22 L40 16 L38 22 L54 28 Z",
        c.a,
    )
    p.path("M34 18 C50 8 74 2 104 4 C76 8 54 14 38 22 Z", c.paper)
    p.path("M34 18 C50 8 74 2 104 4 C80 5 58 10 36 20 Z", c.ink)
    p.ell(50, 28, 6.6, 8, c.paper)
    p.path("M43 28 C42 18 58 18 57 28 C54 22 46 22 43 28 Z M48 20 C46 12 52 10 54 12 L52 20 Z", c.ink)
    p.stroke("M46 28 L49 29 M54 28 L51 29 M47 33 C49 31.6 51 31.6 53 33", c.ink, 1.2)
    p.path("M50 40 L54 54 L48 54 Z", c.paper)
    p.path("M20 72 L50 60 L52 64 L22 78 Z", c.ink)


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
def bowler_set(p: Pen, c: Inks) -> None:
    """Hat, cane and boots, with nobody in them, and a small cap beside."""
    p.path("M24 36 C24 8 66 8 66 36 Z", c.ink)
    p.path("M14 36 C30 31 60 31 76 36 C78 42 68 42 45 42 C22 42 12 42 14 36 Z", c.ink)
    p.path("M24.6 30 C36 27 54 27 65.4 30 V35 C54 32 36 32 24.6 35 Z", c.a)
    p.path("M33 52 C38 48 43 50 45 53 C47 50 52 48 57 52 C54 58 48 58 45 55 C42 58 36 58 33 52 Z", c.ink)
    p.stroke("M84 28 C84 18 96 18 96 28 M84 28 L80 96", c.a, 3)
    for d in (
        "M20 76 H36 L38 86 C32 88 20 90 6 94 C4 88 8 84 18 82 Z",
        "M70 76 H54 L52 86 C58 88 66 90 78 94 C82 88 78 84 70 82 Z",
    ):
        p.path(d, c.ink)
    p.path("M6 94 C20 90 32 88 38 86 V94 Z M78 94 C68 90 58 88 52 86 V94 Z", c.b)


@motif
def cap_child(p: Pen, c: Inks) -> None:
    """A tramp and a child on a doorstep, from behind."""
    p.rect(-10, 84, 120, 6, c.c)
    p.rect(-16, 90, 132, 10, c.b)
    p.path("M20 86 C18 60 24 50 38 48 C52 50 58 60 56 86 Z", c.ink)
    p.circ(38, 39, 8, c.c)
    p.path("M29 36 C29 20 47 20 47 36 Z M22 37 C32 33 44 33 54 37 C50 41 26 41 22 37 Z", c.ink)
    p.path("M60 86 C58 72 62 64 72 63 C82 64 85 72 83 86 Z", c.a)
    p.circ(72, 56, 7, c.c)
    p.path("M62 54 C62 44 74 42 80 48 C84 52 82 55 80 55 C74 52 68 53 62 54 Z", c.ink)
    p.path("M52 66 C60 62 70 64 78 68 L77 72 C68 69 60 69 53 72 Z", c.ink)
    p.stroke("M16 44 C16 36 24 36 24 44 L20 86", c.b, 2)


@motif
def clock_climber(p: Pen, c: Inks) -> None:
    """A man in a straw hat hangs from the minute hand."""
    p.circ(50, 40, 40, c.ink)
    p.circ(50, 40, 36, c.paper)
    for i in range(12):
        with p.at(50, 40, 1, 30 * i):
            p.rect(-1.5, -33, 3, 7 if i % 3 else 10, c.ink)
    with p.at(50, 40, 1, -62):
        p.poly([(-3, 4), (0, -20), (3, 4)], c.ink)
    p.path("M48 38 L52 42 L76 58 L74 61 L70 59 Z", c.a)
    p.circ(50, 40, 4, c.a)
    p.path(
        "M74 58 L78 62 L80 74 L76 86 L80 104 L74 105 L71 90 L70 104 L64 103 L67 86 L66 74 L62 62 L58 54 L61 52 L66 60 L71 66 L74 64 Z",
        c.ink,
    )
    p.circ(69, 66, 5, c.c)
    p.path("M60 62 C66 58 74 58 79 63 L77 65 C72 62 66 62 61 65 Z M64 60 L66 54 L74 55 L75 61 Z", c.b)


@motif
def fencer(p: Pen, c: Inks) -> None:
    """Cape, hat, rapier, and a letter cut in the air."""
    p.path("M6 14 L64 6 L60 16 L26 54 L70 46 L66 56 L8 64 L14 52 L48 16 L8 22 Z", c.a)
    p.path(
        "M62 40 C58 34 64 26 70 28 C78 28 80 36 76 42 C90 48 100 66 98 92 C90 84 84 86 80 84 L84 104 H77 L70 82 L58 104 H50 L62 74 L60 56 C52 56 46 60 38 66 L36 62 C44 54 52 48 60 48 Z",
        c.ink,
    )
    p.path("M54 32 C62 24 80 22 90 30 C80 30 66 32 54 36 Z M64 28 C66 18 76 18 78 27 Z", c.ink)
    p.path("M63 35 L77 34 L77 38 L64 39 Z", c.paper)
    p.line(38, 64, 2, 90, c.ink, 1.8)
    p.circ(37, 64, 3.4, c.b)


@motif
def lone_figure(p: Pen, c: Inks) -> None:
    """One man on an empty street of long shadows."""
    p.path("M50 44 L40 104 H96 Z", c.ink, 0.85)
    p.poly([(0, 0), (34, 22), (34, 46), (0, 74)], c.ink)
    p.poly([(100, 0), (62, 22), (62, 44), (100, 70)], c.a)
    for x, t, b in ((6, 14, 24), (16, 19, 28), (26, 24, 32)):
        p.poly([(x, t), (x + 5, t + 2.6), (x + 5, b + 4), (x, b + 4)], c.b)
    p.path(
        "M50 24 C54 24 55 28 53.4 30 L57 34 L56 48 L53.6 60 H51 L50 50 L48.6 60 H46 L44 48 L43 34 L46.6 30 C45 28 46 24 50 24 Z",
        c.ink,
    )
    p.path("M50 62 L70 104 L86 104 L54 60 Z", c.ink)


@motif
def person_grid(p: Pen, c: Inks) -> None:
    """Forty-nine clerks and one with a face."""
    for row in range(7):
        for col in range(7):
            x, y = 7.5 + col * 14.2, 8 + row * 14.2
            one = (row, col) == (4, 4)
            p.circ(x, y, 3.3, c.a if one else c.ink)
            p.path(
                f"M{x - 5.2} {y + 9.6} C{x - 5.2} {y + 2.6} {x + 5.2} {y + 2.6} {x + 5.2} {y + 9.6} Z",
                c.a if one else c.ink,
            )


@motif
def mourner_hands(p: Pen, c: Inks) -> None:
    """Hands that come up out of the ground."""
    for x, top, s, f in ((18, 34, 0.9, 1), (50, 8, 1.1, -1), (82, 40, 0.85, 1), (34, 62, 0.6, -1), (68, 66, 0.6, 1)):
        with p.at(x, top, s), p.at(0, 0, 1, f * 4, f == -1):
            p.path(
                "M-9 90 L-8 44 C-16 38 -20 28 -22 18 C-20 15 -17 16 -16 20 L-10 32 L-12 6 C-12 1 -7 1 -6 6 L-4 28 L-3 0 C-3 -5 3 -5 3 0 L4 28 L8 4 C9 -1 14 0 13 6 L11 32 L17 16 C19 12 23 14 22 19 L14 46 L13 90 Z",
                c.ink,
            )
            p.path("M4 28 L8 4 C9 -1 14 0 13 6 L11 32 L17 16 C19 12 23 14 22 19 L14 46 L13 90 L6 90 L6 46 Z", c.a)


@motif
def thumb(p: Pen, c: Inks) -> None:
    """A thumb out for a lift, with an eye in the palm that never closes."""
    p.path(
        "M100 48 L78 46 C66 36 60 28 56 8 C54 -2 42 0 42 10 C42 22 44 32 44 40 L18 42 C10 42 10 54 18 54 C8 56 9 67 18 67 C10 69 12 79 21 79 C15 82 18 91 26 91 L64 92 C74 92 80 86 100 86 Z",
        c.paper,
    )
    p.path(
        "M44 40 C48 46 52 50 60 52 C70 56 84 54 100 54 V86 C80 86 74 92 64 92 L44 91 C60 86 66 74 60 64 C54 58 46 54 44 40 Z",
        c.c,
    )
    p.stroke("M18 54 H40 M18 67 H40 M21 79 H40", c.ink, 2.2)
    p.rect(90, 40, 14, 52, c.a)
    p.rect(88, 40, 4, 52, c.ink)
    p.path("M52 70 C58 62 70 62 76 70 C70 77 58 77 52 70 Z", c.ink)
    p.circ(64, 69.6, 3.6, c.b)


@motif
def marionette_hand(p: Pen, c: Inks) -> None:
    """A hand that holds a pistol and a lipstick."""
    p.path(
        "M0 76 L22 60 C28 48 40 44 52 46 L86 40 C94 40 94 50 86 50 L60 56 L82 56 C90 56 90 65 82 65 L60 66 L76 68 C83 69 82 77 75 76 L54 75 L66 79 C72 82 69 88 63 86 L42 82 C34 88 28 90 20 92 L4 104 Z",
        c.paper,
    )
    p.path("M0 76 L22 60 C24 74 34 80 42 82 C34 88 28 90 20 92 L4 104 Z", c.c)
    for x, y in ((88, 45), (84, 60.4), (77, 72), (64, 82.6)):
        p.ell(x, y, 4.6, 3, c.a, -6)
    p.path("M40 48 L50 14 L96 14 L98 24 L62 26 L58 44 Z", c.ink)
    p.rect(86, 10, 4, 5, c.ink)
    p.ring(66, 33, 6, 2.4, c.ink)
    p.rect(96, 16, 8, 5, c.b)


@motif
def trapper(p: Pen, c: Inks) -> None:
    """An archer whose target is a man."""
    for r, ink in ((46, c.ink), (38, c.paper), (30, c.a), (22, c.paper), (14, c.a)):
        p.circ(50, 50, r, ink)
    p.path(
        "M46 20 C51 14 58 18 56 25 C64 28 66 36 64 44 L74 50 L72 55 L60 52 L58 62 L70 78 L66 96 L59 95 L62 80 L50 68 L42 82 L24 88 L22 82 L36 76 L44 60 L44 46 L34 54 L26 48 L30 44 L35 47 L46 32 Z",
        c.ink,
    )
    p.line(98, 4, 58, 44, c.b, 2.2)
    p.poly([(56, 46), (64, 44), (58, 38)], c.b)
    p.path("M98 4 l-2 8 l8 -2 l4 -8 Z M94 8 l-2 8 l8 -2 Z", c.b)


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
def doorman(p: Pen, c: Inks) -> None:
    """A coat with two rows of buttons; the coat is the man."""
    p.path("M6 104 L12 56 C16 42 30 38 38 36 H62 C70 38 84 42 88 56 L94 104 Z", c.ink)
    p.path("M38 36 L50 62 L62 36 L66 44 L52 76 H48 L34 44 Z", c.a)
    for y in (60, 72, 84, 96):
        p.circ(38, y, 3.2, c.b)
        p.circ(62, y, 3.2, c.b)
    for x in (8, 70):
        p.path(f"M{x} 54 C{x + 4} 44 {x + 18} 40 {x + 24} 46 L{x + 22} 52 C{x + 14} 50 {x + 6} 54 {x} 60 Z", c.b)
    p.path("M38 18 H62 C64 32 58 42 50 42 C42 42 36 32 38 18 Z", c.paper)
    p.path("M36 30 C42 27 47 29 50 32 C53 29 58 27 64 30 C68 38 58 42 50 40 C42 42 32 38 36 30 Z", c.c)
    p.path("M32 18 C32 4 40 0 50 0 C60 0 68 4 68 18 Z", c.ink)
    p.rect(32, 12, 36, 5, c.b)
    p.path("M36 18 H64 L60 22 H40 Z", c.a)


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
def witch(p: Pen, c: Inks) -> None:
    """A rider on a broom past the moon."""
    p.circ(56, 44, 40, c.b)
    p.line(-2, 78, 96, 52, c.ink, 3)
    p.path("M-2 78 C-18 74 -26 84 -30 92 C-18 94 -6 92 4 84 Z", c.ink)
    p.path(
        "M30 70 C28 54 38 42 50 42 C60 42 62 50 60 56 L78 56 L80 60 L62 64 L72 76 L84 84 L80 88 L64 80 L54 68 Z", c.ink
    )
    p.path("M46 44 C40 48 20 48 6 40 C16 56 28 64 32 68 Z", c.a)
    p.path("M52 42 C48 34 52 28 58 28 C64 28 64 32 64 34 L70 38 L63 39 C62 44 58 45 54 44 Z", c.ink)
    p.path("M44 32 L68 24 L70 27 L46 35 Z M50 29 L54 4 L64 25 Z", c.ink)


@motif
def devil_cloak(p: Pen, c: Inks) -> None:
    """A horned shape whose cloak is the night over a town."""
    p.path(
        "M50 8 C58 8 62 16 60 26 C80 30 102 44 116 88 C100 74 90 84 80 80 C70 76 62 84 50 80 C38 84 30 76 20 80 C10 84 0 74 -16 88 C-2 44 20 30 40 26 C38 16 42 8 50 8 Z",
        c.ink,
    )
    p.path("M42 14 C34 10 34 2 38 -6 C40 4 44 8 47 10 Z M58 14 C66 10 66 2 62 -6 C60 4 56 8 53 10 Z", c.ink)
    p.path("M43 18 L49 21 L44 22 Z M57 18 L51 21 L56 22 Z", c.a)
    p.path("M20 80 C30 60 40 44 46 34 C42 54 36 70 30 79 Z M80 80 C70 60 60 44 54 34 C58 54 64 70 70 79 Z", c.a)
    for x, w, h in ((10, 9, 10), (22, 8, 15), (34, 10, 9), (46, 7, 18), (56, 9, 11), (68, 8, 14), (80, 10, 9)):
        p.rect(x, 100 - h, w, h + 6, c.c)
        p.poly([(x - 1, 100 - h), (x + w / 2, 92 - h), (x + w + 1, 100 - h)], c.a)
        p.rect(x + w / 2 - 1, 101 - h * 0.6, 2, 3, c.b)


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
def standing_cowboy(p: Pen, c: Inks) -> None:
    """A hat and a gun belt hung up on a fence, and a dove."""
    for x in (18, 78):
        p.rect(x, 34, 8, 70, c.ink)
    p.rect(-6, 48, 112, 7, c.ink)
    p.rect(-6, 76, 112, 7, c.ink)
    p.path("M4 34 C18 30 22 32 26 28 C28 12 34 10 40 16 C46 10 52 12 54 28 C58 32 66 30 78 34 C60 44 22 44 4 34 Z", c.a)
    p.rect(26, 25, 28, 4.6, c.b)
    p.path("M52 46 C56 70 84 70 92 46 L96 48 C90 78 54 80 48 48 Z", c.b)
    p.path("M78 62 L90 58 L94 78 L88 84 L80 80 Z", c.a)
    p.path("M84 56 C84 48 92 48 94 54 L90 60 Z", c.ink)
    p.path(
        "M66 24 C72 16 80 18 84 22 L92 10 C94 18 92 26 86 32 C80 38 70 38 66 34 L58 34 L64 30 C62 28 64 26 66 24 Z",
        c.paper,
    )


@motif
def hill_pass(p: Pen, c: Inks) -> None:
    """A figure led over the last pass."""
    p.path("M-20 104 V70 C0 50 14 66 30 46 C42 32 52 44 62 26 C70 14 84 22 96 40 C106 52 116 56 124 62 V104 Z", c.a)
    p.path("M-20 104 V88 C10 74 30 84 50 66 C66 54 92 66 124 78 V104 Z", c.ink)
    p.path(
        "M40 104 C56 92 40 82 54 72 C64 64 58 52 66 42 C70 36 72 30 72 24 C76 32 76 40 72 46 C66 56 72 64 64 74 C56 84 66 94 62 104 Z",
        c.b,
    )
    for x, y, s in ((68, 40, 1.0), (74, 34, 0.8), (59, 52, 0.8)):
        with p.at(x, y, s):
            p.circ(0, -13, 2.4, c.ink)
            p.path("M-3.4 2 L-2.4 -10 H2.4 L3.4 2 Z", c.paper)
    p.stroke("M20 66 C18 54 8 52 4 42 M16 58 C24 52 24 46 30 42 M12 54 C8 54 4 56 0 54", c.ink, 2)
    for x, y in ((4, 40), (30, 40), (0, 54), (14, 44)):
        p.ell(x, y, 9, 3.6, c.ink)


@motif
def fist_torch(p: Pen, c: Inks) -> None:
    """A torch in a hand whose chain has broken."""
    p.path("M50 -4 C64 12 70 20 64 34 C60 42 40 42 36 34 C30 24 42 18 40 8 C46 12 50 8 50 -4 Z", c.a)
    p.path("M50 12 C58 22 60 28 56 34 C54 38 46 38 44 34 C41 28 48 24 50 12 Z", c.b)
    p.poly([(38, 38), (62, 38), (57, 66), (43, 66)], c.ink)
    p.path(
        "M34 58 C34 52 40 52 44 54 L62 54 C70 54 70 61 64 62 C70 63 70 70 64 70 C69 72 68 78 62 78 L60 104 H38 L38 80 C32 76 32 64 34 58 Z",
        c.paper,
    )
    p.stroke("M44 62 H63 M44 70 H63 M46 78 H61", c.ink, 1.8)
    p.rect(35, 90, 29, 9, c.ink, 2)
    for x, y, t in ((72, 92, 20), (82, 97, 60), (26, 94, -10), (17, 100, -50)):
        with p.at(x, y, 1, t):
            p.frame(-6, -3, 12, 6, c.ink, 2.2, 3)


@motif
def ghost_woman(p: Pen, c: Inks) -> None:
    """A woman in white with no ground under her."""
    p.path(
        "M50 2 C62 2 64 16 60 24 C74 30 78 44 74 60 C80 76 74 90 82 108 C70 98 62 106 52 98 C42 106 30 98 18 108 C28 88 20 76 26 60 C22 44 26 30 40 24 C36 16 38 2 50 2 Z",
        c.paper,
    )
    p.path("M38 20 C34 0 66 0 62 20 L66 46 C60 40 58 28 56 20 C52 24 48 24 44 20 C42 28 40 40 34 46 Z", c.ink)
    p.path("M45 18 C44 28 56 28 55 18 C52 22 48 22 45 18 Z", c.c)
    p.stroke(
        "M36 40 C34 54 40 62 50 64 C60 62 66 54 64 40 M44 66 C40 80 42 92 36 100 M56 66 C60 80 58 92 62 98", c.c, 2
    )


@motif
def eloping_pair(p: Pen, c: Inks) -> None:
    """Two heads in one boat, city on one bank and village on the other."""
    p.path("M18 62 H82 C78 76 70 80 50 80 C30 80 22 76 18 62 Z", c.ink)
    for x, ink in ((42, c.a), (58, c.paper)):
        p.path(f"M{x - 8} 64 C{x - 8} 48 {x + 8} 48 {x + 8} 64 Z", ink)
        p.circ(x, 44, 5.4, c.c)
    p.path("M36 43 C36 36 48 36 48 42 Z", c.ink)
    p.path("M52 46 C50 34 66 34 64 48 C60 44 58 40 56 40 Z", c.ink)
    p.line(70, 52, 90, 86, c.ink, 2)
    for i, w in enumerate((60, 48, 34, 20)):
        p.rect(50 - w / 2 + (i % 2) * 4, 84 + i * 5, w, 2, c.b, 1)
