"""Clips in words and drawings: moments, sizes, the parts of a clip that are used."""

from django import template
from django.template.defaultfilters import filesizeformat
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from catalog.models import Clip

register = template.Library()


@register.filter
def moment(seconds: float) -> str:
    """As printed on the edge of a film: 1:02:03.4, without hours where there are none."""
    tenths = round(seconds * 10)
    minutes, rest = divmod(tenths, 600)
    clock = f"{minutes // 60}:{minutes % 60:02}" if minutes >= 60 else str(minutes)
    return f"{clock}:{rest // 10:02}.{rest % 10}"


@register.filter
def share(value: float | None, whole: float | None) -> float:
    """Part of a whole, from 0 to 1."""
    return min(1.0, value / whole) if value and whole else 0.0


@register.filter
def size(count: int) -> str:
    return str(filesizeformat(count))


@register.simple_tag
def used_parts(clip: Clip) -> SafeString:
    """What lies over the strip of thumbnails: a shade on each part that is not used, a line at each end of a section.

    Drawn on a width of 1000; static/js/footage.js draws the same while somebody types.
    """
    sections = [(1000 * start / clip.seconds, 1000 * end / clip.seconds) for start, end in clip.sections]
    ends = [0.0, *(end for _start, end in sections)]
    starts = [*(start for start, _end in sections), 1000.0]
    unused = [(end, start - end) for end, start in zip(ends, starts, strict=True) if sections and start > end]
    return format_html(
        '<svg class="timeline__used" viewBox="0 0 1000 100" preserveAspectRatio="none" aria-hidden="true">{}{}</svg>',
        format_html_join(
            "",
            '<rect class="unused" x="{}" width="{}" height="100"></rect>',
            ((f"{at:.1f}", f"{wide:.1f}") for at, wide in unused),
        ),
        format_html_join(
            "",
            '<line class="end" x1="{0}" x2="{0}" y1="0" y2="100"></line>',
            ((f"{at:.1f}",) for section in sections for at in section),
        ),
    )
