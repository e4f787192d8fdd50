"""What the desk draws: keycaps, the picture of a state, why one may skip a film."""

from collections.abc import Mapping, Sequence

from django import template
from django.utils.translation import gettext as _

from catalog.desk.keys import COMMANDS, Command

register = template.Library()

CAPS = {
    "Enter": "↵", "Backspace": "⌫", "Space": "␣", "ArrowLeft": "←", "ArrowRight": "→", "ArrowUp": "↑", "ArrowDown": "↓",
}  # fmt: skip
ICONS = {
    "yes": "check", "no": "cross", "unknown": "unknown", "proposed": "waiting", "unlikely": "clear", "silent": "clear",
}  # fmt: skip


@register.filter
def keycap(key: str) -> str:
    """A key as it is printed on keyboards: ⇧F, ↵, h."""
    shift, _plus, letter = key.rpartition("+") if len(key) > 1 else ("", "", key)
    return ("⇧" if shift else "") + (letter.upper() if shift else CAPS.get(letter, letter))


@register.filter
def state_icon(state: str) -> str:
    return ICONS.get(state, "clear")


@register.filter
def key_of(keys: Mapping[str, str], action: str) -> str:
    return keys.get(action, "")


@register.filter
def more(query: str) -> str:
    """The end of an address, without its question mark and open for one more part."""
    return f"{query.removeprefix('?')}&" if query else ""


@register.simple_tag
def commands() -> Sequence[Command]:
    return COMMANDS


@register.simple_tag
def skip_reasons() -> list[str]:
    return [_("Nobody could tell from this"), _("Poster or plot is wrong"), _("Not a film, or there twice")]
