"""Runs, versions and promotions as Django's admin shows them: to look at. Promoting has its own page."""

from django.contrib import admin

from catalog.admin import Record
from training.models import Cut, ModelVersion, Promotion, Run


@admin.register(Run)
class RunAdmin(Record):
    list_display = ["id", "task", "state", "message", "started_at", "finished_at"]
    list_filter = ["task", "state"]


@admin.register(ModelVersion)
class ModelVersionAdmin(Record):
    list_display = ["name", "architecture", "champion", "created_at"]
    list_filter = ["task", "champion"]


@admin.register(Promotion)
class PromotionAdmin(Record):
    list_display = ["version", "replaced", "rollback", "reason", "by", "at"]
    list_select_related = ["version", "replaced", "by"]


@admin.register(Cut)
class CutAdmin(Record):
    list_display = ["version", "term", "before", "after", "reason", "by", "at"]
    list_select_related = ["version", "by"]
