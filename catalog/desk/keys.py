"""Keys of the desk: one for each genre, the same on every film, figures for tags, and commands. All can be changed.

A key is named as people read it: "h", "Shift+f", "Enter", "?". The browser names it by its place on the keyboard
where it types something else, such as Korean (static/js/review.js).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from string import ascii_lowercase

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from catalog.models import Term, User

# What comes to mind first: the first letter where it is free, else another one of the word or of its sense.
LETTERS = {
    "action": "a", "adventure": "v", "adult": "x", "animation": "i", "biography": "b", "comedy": "c", "crime": "k",
    "documentary": "o", "drama": "d", "family": "l", "fantasy": "f", "film-noir": "n", "history": "p", "horror": "h",
    "music": "m", "musical": "u", "mystery": "y", "news": "j", "reality-tv": "q", "romance": "r", "sci-fi": "s",
    "short": "z", "sport": "g", "talk-show": ",", "thriller": "t", "war": "w", "western": "e",
}  # fmt: skip
SIGNS = ".;'/[]"  # for genres beyond the alphabet
FIGURES = "1234567890"  # tags, in the order in which they stand on the film
OFF = "off"  # the whole table is off: for those who speak to their machine, or type by accident
_KEY = re.compile(r"(Shift\+)?([a-z]|Enter|Backspace|Delete|Home|End|PageUp|PageDown|F[2-9]|Arrow(Up|Down|Left|Right))")
_SIGN = re.compile(r"[!-@\[-`{-~]|Space")


@dataclass(frozen=True)
class Command:
    name: str
    key: str
    label: str | Promise
    says: str | Promise


COMMANDS = (
    Command(
        "accept",
        "Enter",
        gettext_lazy("Accept all"),
        gettext_lazy("Say yes to all that is suggested and no to the other genres; on to the next film."),
    ),
    Command(
        "reject",
        "-",
        gettext_lazy("Reject all"),
        gettext_lazy("Say no to all that is suggested and to the other genres; on to the next film."),
    ),
    Command("next", "ArrowRight", gettext_lazy("Next film"), gettext_lazy("Leave the rest open.")),
    Command("previous", "ArrowLeft", gettext_lazy("Previous film"), gettext_lazy("As you left it.")),
    Command("undo", "Backspace", gettext_lazy("Undo"), gettext_lazy("Take back your last change, wherever it was.")),
    Command("skip", "Shift+s", gettext_lazy("Skip"), gettext_lazy("Leave the film, and say why.")),
    Command("down", "ArrowDown", gettext_lazy("Row below"), gettext_lazy("Choose a row: its map and its guideline.")),
    Command("up", "ArrowUp", gettext_lazy("Row above"), gettext_lazy("Choose a row: its map and its guideline.")),
    Command("toggle", "Space", gettext_lazy("Turn the row"), gettext_lazy("Yes becomes no, anything else yes.")),
    Command("unknown", "Shift+u", gettext_lazy("Cannot tell"), gettext_lazy("Of the chosen row.")),
    Command("lock", "Shift+l", pgettext_lazy("command", "Lock"), gettext_lazy("The chosen row, until it is unlocked.")),
    Command("flag", "Shift+f", gettext_lazy("Flag"), gettext_lazy("Have somebody look at the film again.")),
    Command("note", "Shift+n", gettext_lazy("Note"), gettext_lazy("For whoever sees the film after you.")),
    Command("help", "?", gettext_lazy("Keys"), gettext_lazy("Show this sheet.")),
)
_NAMES = {command.name for command in COMMANDS}


class BadKeys(Exception):
    """Keys that cannot be used: field → what is wrong with it."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(", ".join(errors.values()))
        self.errors = errors


def name_of(term: Term) -> str:
    """As actions name a genre: genre/horror."""
    return f"{term.kind}/{term.slug}"


def letters(genres: Iterable[Term]) -> dict[str, str]:
    """Genre (genre/horror) → its letter. The same for everybody, and none moves when a genre is added; the last of
    many may have none."""
    slugs = [term.slug for term in sorted(genres, key=lambda term: term.pk)]
    given = {slug: LETTERS[slug] for slug in slugs if slug in LETTERS}
    for slug in slugs:
        if slug not in given:
            wanted = [letter for letter in slug if letter in ascii_lowercase]
            free = (key for key in [*wanted, *ascii_lowercase, *SIGNS] if key not in given.values())
            letter = next(free, "")
            given |= {slug: letter} if letter else {}
    return {f"{Term.Kind.GENRE}/{slug}": letter for slug, letter in given.items()}


def is_on(user: User) -> bool:
    return OFF not in user.keys


def keys_of(user: User, genres: Iterable[Term]) -> dict[str, str]:
    """Action → key, this person's changes included. An action that lost its key to another one has none."""
    usual = {command.name: command.key for command in COMMANDS} | letters(genres)
    own = {action: key for key, action in user.keys.items() if key != OFF and action in usual}
    taken = set(own.values())
    return {action: own.get(action) or ("" if key in taken else key) for action, key in usual.items()}


def change(user: User, wanted: Mapping[str, str], genres: Iterable[Term], *, on: bool) -> None:
    """Keep the keys (action → key) of this person that are not the usual ones.

    Raises:
        BadKeys: some are no keys, or two actions have the same.
    """
    usual = {command.name: command.key for command in COMMANDS} | letters(genres)
    keys = {action: normal(wanted.get(action, "")) for action in usual}
    errors: dict[str, str] = {}
    seen: dict[str, str] = {}
    for action, key in keys.items():
        if key is None:
            errors[action] = _("There is no such key: press one.")
        elif key and key in seen:
            errors[action] = _("This key is taken: each does one thing.")
        elif key in FIGURES and key:
            errors[action] = _("Figures are for tags.")
        elif not key and action == "accept":
            errors[action] = _("This needs a key.")
        seen[key or ""] = action
    if errors:
        raise BadKeys(errors)
    user.keys = {key: action for action, key in keys.items() if key and key != usual[action]}
    user.keys |= {} if on else {OFF: OFF}
    user.save(update_fields=["keys"])


def normal(text: str) -> str | None:
    """A key by the name that the desk knows it under; "" for none, None where there is no such key."""
    text = text.strip()
    if len(text) == 1 and text.isascii() and text.isalpha():
        text = text.lower()
    shift, _plus, letter = text.rpartition("+")
    if shift.lower() == "shift" and len(letter) == 1 and letter.isalpha():
        text = f"Shift+{letter.lower()}"
    return text if not text or _KEY.fullmatch(text) or _SIGN.fullmatch(text) else None
