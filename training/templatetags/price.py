"""A price in words: minutes, memory, and how sure one is."""

from django import template
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from training.comparison_figures import time
from training.learning_curve import Curve, Gain, read
from training.options import RetrainOptions
from training.price import Range
from training.templatetags.figures import points_gained

register = template.Library()


@register.filter
def usual_time(seconds: Range) -> str:
    """ "17 s" or "4.2 min"."""
    return time(round(seconds.usual) if seconds.usual >= 10 else seconds.usual)


@register.filter
def times(seconds: Range) -> str:
    """ "15–56 s in 8 earlier trainings" without the runs: what was least and most; empty where there was one only."""
    if seconds.low == seconds.high:
        return ""
    return _("%(low)s to %(high)s") % {"low": time(round(seconds.low, 1)), "high": time(round(seconds.high, 1))}


@register.filter
def memory(held: Range) -> str:
    return filesizeformat(round(held.usual))


@register.filter
def gained(gain: Gain) -> str:
    """ "+0.4 points (+0.1 to +0.7)"."""
    if gain.value is None or gain.low is None or gain.high is None:
        return ""
    return _interval(gain.value, gain.low, gain.high)


@register.filter
def doubled(gain: Gain) -> str:
    return _interval(*gain.per_doubling)


def _interval(value: float, low: float, high: float) -> str:
    words = {"value": points_gained(value), "low": points_gained(low), "high": points_gained(high)}
    return _("%(value)s points (%(low)s to %(high)s)") % words


@register.simple_tag
def learning_curve(options: RetrainOptions) -> Curve | None:
    return read(options.task, options.architecture)
