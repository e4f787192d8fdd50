"""Charts in the rows of the health page: the figures stand beside them."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from inference.health.coverage import Covered
from training.agreement import Agreement
from training.readiness import Ready

register = template.Library()

WORDS = {
    "almost-perfect": gettext_lazy("almost perfect"),
    "substantial": gettext_lazy("substantial"),
    "moderate": gettext_lazy("moderate"),
    "fair": gettext_lazy("fair"),
    "slight": gettext_lazy("slight"),
    "poor": gettext_lazy("poor"),
    "few": gettext_lazy("too few answers"),
}
LEAST = -0.25  # where the axis of kappa begins: less than chance is rare, and an interval may reach there


@register.filter
def agreement_word(found: Agreement) -> str:
    return str(WORDS[found.word])


@register.filter
def kappa_figure(value: float | None) -> str:
    """Two digits, with a minus where it is below chance; "–" where there is none."""
    return "–" if value is None else f"{value:.2f}".replace("-", "−")


@register.simple_tag
def coverage_bar(row: Covered) -> SafeString:
    """Of all films: said by people (solid), said by sources (grey), nothing said (empty)."""
    people, sources = row.shares
    return format_html(
        '<svg class="stack" viewBox="0 0 100 16" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" width="100" height="12" y="2"></rect>'
        '<rect class="stack__import" x="{0}" width="{1}" height="12" y="2"></rect>'
        '<rect class="stack__person" width="{0}" height="12" y="2"></rect></svg>',
        f"{100 * people:.2f}",
        f"{100 * sources:.2f}",
    )


@register.simple_tag
def kappa_bar(found: Agreement) -> SafeString:
    """The interval as a line and kappa as a dot on it, from less than chance to 1."""
    dot = SafeString("")
    if found.kappa is not None:
        dot = format_html('<circle class="kappa__dot" cx="{}" cy="12" r="4.5"></circle>', _on_axis(found.kappa))
    return format_html(
        '<svg class="kappa" viewBox="0 0 200 24" aria-hidden="true">'
        '<line class="kappa__axis" x1="{0}" x2="200" y1="12" y2="12"></line>'
        '<line class="kappa__chance" x1="{0}" x2="{0}" y1="3" y2="21"></line>'
        '<line class="kappa__cut" x1="{1}" x2="{1}" y1="5" y2="19"></line>'
        '<line class="kappa__interval" x1="{2}" x2="{3}" y1="12" y2="12"></line>{4}</svg>',
        _on_axis(0.0),
        _on_axis(0.6),
        _on_axis(found.low),
        _on_axis(found.high),
        dot,
    )


def _on_axis(value: float) -> str:
    share = (max(LEAST, min(1.0, value)) - LEAST) / (1 - LEAST)
    return f"{5 + 190 * share:.1f}"


@register.simple_tag
def ready_bar(row: Ready) -> SafeString:
    """How far a term is from being learned, up to twice what is needed; the cut is what is needed."""
    return format_html(
        '<svg class="bar{}" viewBox="0 0 100 16" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" width="100" height="8" y="4"></rect>'
        '<rect class="fill" width="{}" height="8" y="4"></rect>'
        '<line class="cut" x1="50" x2="50" y1="0" y2="16"></line></svg>',
        " bar--over" if row.learned else "",
        f"{min(100.0, 50 * row.train / max(1, row.needed)):.1f}",
    )
