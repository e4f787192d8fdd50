"""The label health page, for those who look after the site."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog.access import admins
from inference.health.advice import review_url
from inference.health.page import health
from training.models import Task

SHOWN = (Task.GENRES, Task.TAGS)


@require_safe
@admins
def labels(request: HttpRequest) -> HttpResponse:
    """`?task=tags` shows those of tags."""
    asked = request.GET.get("task", Task.GENRES.value)
    if asked not in SHOWN:
        raise Http404
    return render(
        request, "health/labels.html", {"health": health(Task(asked)), "tasks": SHOWN, "review_url": review_url()}
    )
