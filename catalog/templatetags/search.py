"""Filters of the search page, drawn here rather than in the template because a page draws a hundred."""

from collections.abc import Iterable

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.templatetags.pages import icon
from catalog.views.sieve import Sift

register = template.Library()


@register.simple_tag
def sifts(group: str, facets: Iterable[Sift]) -> SafeString:
    """A list item each: a link that asks for the next thing, how many films there are, and less or more of a term."""
    modes = {"must": _("required"), "may": _("one of several"), "not": _("left out"), "": ""}
    return mark_safe("".join(_sift(group, facet, modes[facet.mode]) for facet in facets))


def _sift(group: str, sift: Sift, mode: str) -> SafeString:
    kinds = [f" sift--{sift.mode}" if sift.mode else "", " sift--none" if sift.is_empty else ""]
    state = f", {mode}; {sift.next}" if mode else f"; {sift.next}"
    steps = _steps(sift)
    return format_html(
        '<li class="sift{}"><a class="sift__link" id="sift-{}-{}" href="{}"{}>'
        '<span class="sift__mark" aria-hidden="true">{}</span><span class="sift__name">{}{}</span>'
        '<span class="sift__count figures">{}<span class="sr-only"> {}{}</span></span>'
        '<svg class="sift__bar" viewBox="0 0 100 2" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="fill" width="{}" height="2"></rect></svg></a>{}</li>',
        "".join(kinds),
        group,
        sift.id,
        sift.address,
        mark_safe(" data-sift") if steps else "",
        icon(sift.icon) if sift.icon else "",
        sift.name,
        format_html(' <span class="sift__strength">{}</span>', sift.signed) if sift.strength else "",
        intcomma(sift.count),
        ngettext("film", "films", sift.count),
        state,
        f"{sift.share:g}",
        steps,
    )


def _steps(sift: Sift) -> SafeString:
    """Links to less and to more, which the keyboard reaches by − and + on the filter itself."""
    less = _step(sift.less, "data-less", "clear", _("Less %(name)s") % {"name": sift.name})
    more = _step(sift.more, "data-more-of", "add", _("More %(name)s") % {"name": sift.name})
    return format_html('<span class="sift__steps">{}{}</span>', less, more) if less or more else SafeString("")


def _step(address: str, mark: str, picture: str, words: str) -> SafeString:
    if not address:
        return SafeString("")
    return format_html(
        '<a class="step" href="{}" tabindex="-1" {} title="{}">{}</a>', address, mark, words, icon(picture, words)
    )
