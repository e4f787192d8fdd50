"""Receipts in words, and changes as bars."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from catalog.models import Term
from inference.models import Receipt
from training.models import Task

register = template.Library()


@dataclass(frozen=True)
class Change:
    """One term: how many films gained it, how many lost it, and the most of any term."""

    name: str
    gained: int
    lost: int
    most: int

    @property
    def net(self) -> int:
        return self.gained - self.lost


@register.filter
def receipt_terms(receipt: Receipt) -> list[Change]:
    """The terms that changed, most first. One query."""
    return changes(receipt.version.task, receipt.figures.get("terms") or {})


def changes(task: str, terms: dict[str, Any]) -> list[Change]:
    """From slug → [gained, lost]."""
    names = {term.slug: term.name for term in Term.objects.filter(kind=Task(task).term_kind, slug__in=list(terms))}
    most = max((max(pair) for pair in terms.values()), default=0)
    rows = [Change(names.get(slug, slug), gained, lost, most) for slug, (gained, lost) in terms.items()]
    return sorted(rows, key=lambda row: (-(row.gained + row.lost), row.name))


@register.filter
def receipt_means(receipt: Receipt) -> str:
    """What exactly was counted."""
    if receipt.figures.get("how") == "without":
        return _(
            "The same model was trained once more without your decisions: these are the films on which the two differ."
        )
    return _(
        "Films whose genres or tags of the kinds that you decided about changed with this version, "
        "through everybody's decisions together: your share was not worked out."
    )


@register.filter
def signed(number: int) -> str:
    """With its sign, which is a minus and no hyphen: −57."""
    return f"{number:+,}".replace("-", "−")


@register.simple_tag
def change_bar(gained: int, lost: int, most: int) -> SafeString:
    """Lost to the left of the middle, gained to the right, on one scale for all rows. The figures stand beside it."""
    scale = 50 / most if most else 0.0
    return format_html(
        '<svg class="change-bar" viewBox="0 0 100 16" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="change-bar__lost" x="{0}" width="{1}" height="10" y="3"></rect>'
        '<rect class="change-bar__gained" x="50" width="{2}" height="10" y="3"></rect>'
        '<line class="change-bar__axis" x1="50" x2="50" y1="0" y2="16"></line></svg>',
        f"{50 - scale * lost:.2f}",
        f"{scale * lost:.2f}",
        f"{scale * gained:.2f}",
    )
