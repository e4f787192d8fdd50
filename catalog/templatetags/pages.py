"""Small things that templates draw: icons, scores, bars against their threshold."""

from collections.abc import Sequence

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from catalog.models import Decision, FilmTerm, Label

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """One picture of the sprite; without a label it is decoration."""
    return format_html(
        '<svg class="icon" {}><use href="{}#{}"></use></svg>',
        format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"'),
        static("img/icons.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def current(context: template.Context, *names: str) -> SafeString:
    """Marks the way to where the reader is: one of these addresses."""
    match = getattr(context.get("request"), "resolver_match", None)
    return SafeString(' aria-current="page"' if match is not None and match.url_name in names else "")


# First come those that also carry the names of others.
BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
SYSTEMS = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows", "Mac OS": "Mac"}


@register.filter
def browser(user_agent: str) -> str:
    """A browser in a word or two, "Firefox, Windows"; what nobody knows as it calls itself."""
    names = [[short for sign, short in known.items() if sign in user_agent][:1] for known in (BROWSERS, SYSTEMS)]
    if not names[0]:
        return Truncator(user_agent).chars(40) or "–"
    return ", ".join(names[0] + (names[1] or ["Linux"] * ("Linux" in user_agent)))


@register.filter
def figure(value: float | None, digits: int = 2) -> str:
    """A score as people compare it: the same number of digits everywhere, "–" where there is none."""
    return "–" if value is None else f"{value:.{digits}f}"


@register.filter
def percent(value: float | None) -> str:
    return "–" if value is None else f"{value * 100:.0f} %"


@register.filter
def language_name(code: str) -> str:
    """A language in the reader's words; a code that nobody knows stays as it is."""
    try:
        return str(get_language_info(code)["name_translated"]).capitalize()
    except KeyError:
        return code


@register.simple_tag
def score_bar(score: float, threshold: float | None = None) -> SafeString:
    """A score from 0 to 1 as a bar, with a tick where its threshold is. The figures stand beside it in text."""
    cut = SafeString("")
    if threshold is not None:
        cut = format_html('<line class="cut" x1="{0}" x2="{0}" y1="0" y2="16"></line>', f"{threshold * 100:.1f}")
    return format_html(
        '<svg class="bar{}" viewBox="0 0 100 16" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" width="100" height="8" y="4"></rect>'
        '<rect class="fill" width="{}" height="8" y="4"></rect>{}</svg>',
        " bar--over" if threshold is not None and score >= threshold else "",
        f"{max(0.0, min(1.0, score)) * 100:.1f}",
        cut,
    )


@register.filter
def likelihood(score: float, threshold: float) -> str:
    """The score in a word, judged against its own threshold."""
    if score >= threshold:
        return _("very likely") if score >= 0.9 else _("likely")
    return _("possible") if score >= threshold / 2 else _("unlikely")


@register.simple_tag
def said(value: str, locked: bool) -> str:
    """One side of a change in words: "yes", "no, locked", "nothing said"."""
    words = str(Label.Value(value).label) if value else _("nothing said")
    return _("%(words)s, locked") % {"words": words} if locked else words


@register.simple_tag
def said_before(decision: Decision) -> str:
    """What held until then; that it came from an import is said where a person took its place."""
    words = said(decision.before, decision.before_locked)
    if decision.before_source == Label.Source.IMPORT and decision.after_source == Label.Source.PERSON:
        return _("%(words)s, imported") % {"words": words}
    return words


CHIPS = 3  # on a card; the rest is counted, and named in a tooltip


@register.simple_tag
def chips(terms: Sequence[tuple[str, str, float]]) -> SafeString:
    """The terms (name, origin, weight) of a card: solid where people or sources say so, dashed where the model does.

    Drawn here rather than in the template because a list draws hundreds.
    """
    said, rest = _("proposed by the model"), terms[CHIPS:]
    shown = format_html_join(
        "",
        '<li class="chip{}">{}{}</li>',
        (
            (" chip--model", name, _chip_score(weight, said)) if origin == FilmTerm.Origin.MODEL else ("", name, "")
            for name, origin, weight in terms[:CHIPS]
        ),
    )
    if not rest:
        return shown
    names = ", ".join(name for name, _origin, _weight in rest)
    return shown + format_html(
        '<li class="chip chip--rest" title="{}">+{}<span class="sr-only"> {}</span></li>', names, len(rest), _("more")
    )


def _chip_score(score: float, said: str) -> SafeString:
    return format_html(' <span class="chip__score">{}<span class="sr-only"> {}</span></span>', figure(score), said)
