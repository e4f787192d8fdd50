"""Small pictures beside heat maps; what they show stands beside them in words."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from inference.sight import COLOURS

register = template.Library()


@register.simple_tag
def share_bar(poster: float) -> SafeString:
    """Two shares of a whole as one bar: the poster's, 0 to 1, dark on the left, and the plot's."""
    return format_html(
        '<svg class="shares" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="shares__plot" width="100" height="8"></rect>'
        '<rect class="shares__poster" width="{}" height="8"></rect></svg>',
        f"{100 * max(0.0, min(1.0, poster)):.1f}",
    )


@register.simple_tag
def heat_scale() -> SafeString:
    """The colours of heat maps from little to much."""
    width = 100 / len(COLOURS)
    steps = format_html_join(
        "",
        '<rect x="{}" width="{}" height="8" fill="#{}"></rect>',
        ((f"{place * width:.2f}", f"{width + 0.2:.2f}", colour) for place, colour in enumerate(COLOURS)),
    )
    return format_html(
        '<svg class="heat__scale" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">{}</svg>', steps
    )
