"""The tables as Django's admin shows them: people, terms and films can be changed, what is a record cannot."""

from typing import TYPE_CHECKING, Any, cast

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from catalog.access import confirmed
from catalog.accounts import LastAdmin, end_sessions, keep_an_admin
from catalog.models import ApiToken, ChangeSet, Decision, Film, Job, Label, SourceName, Term, User

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    ModelForm = forms.ModelForm[User]
else:
    ModelAdmin, ModelForm = admin.ModelAdmin, forms.ModelForm


class Kept(ModelAdmin):
    """Rows that are not deleted: others refer to them, or they are history."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Record(Kept):
    """Rows that are only looked at."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class UserForm(ModelForm):
    """Role and access; refuses to leave the site without an admin."""

    class Meta:
        model = User
        fields = ["username", "email", "role", "is_active"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        try:
            keep_an_admin(self.instance, role=given.get("role", ""), is_active=given.get("is_active", False))
        except LastAdmin as error:
            raise forms.ValidationError(str(error)) from None
        return given


@admin.register(User)
class UserAdmin(Kept):
    form = UserForm
    fields = ["username", "email", "role", "is_active", "last_login", "date_joined"]
    list_display = ["username", "role", "is_active", "last_login", "date_joined"]
    list_filter = ["role", "is_active"]
    search_fields = ["username"]
    actions = ["sign_out", "forget_second_factor"]

    @admin.action(description=gettext_lazy("Sign them out everywhere"))
    def sign_out(self, request: HttpRequest, people: QuerySet[User]) -> None:
        for person in people:
            end_sessions(person)

    @admin.action(description=gettext_lazy("Turn off their second factor"))
    def forget_second_factor(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """For who has lost telephone and recovery codes. Not one's own: that asks for a code."""
        Authenticator.objects.filter(user__in=people.exclude(username=request.user.get_username())).delete()

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return confirmed(super().changeform_view)(request, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The actions ask for the password, the list does not."""
        view = super().changelist_view
        return cast("HttpResponse", (confirmed(view) if request.method == "POST" else view)(request, extra_context))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # manage.py create_user: a new account needs a way in

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        own = ["role", "is_active"] if obj is not None and obj == request.user else []
        return ["last_login", "date_joined", *own]


@admin.register(ApiToken)
class ApiTokenAdmin(ModelAdmin):
    """To see whose programs come in, and to revoke."""

    list_display = ["name", "user", "read_only", "created_at", "last_used_at", "expires_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        return False


@admin.register(Film)
class FilmAdmin(Kept):
    list_display = ["title", "year", "key", "published", "revision"]
    list_filter = ["published", "source"]
    search_fields = ["title", "key"]
    fields = [
        "key", "imdb_id", "title", "title_original", "title_ko", "year", "language", "country", "director", "plot",
        "plot_ko", "source", "licence", "published",
    ]  # fmt: skip
    readonly_fields = ["key", "imdb_id", "source"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Film, form: Any, change: bool) -> None:
        """Counts as a change like any other: who has the film open elsewhere gets a conflict."""
        super().save_model(request, obj, form, change)
        Film.objects.filter(pk=obj.pk).update(revision=F("revision") + 1)


@admin.register(Term)
class TermAdmin(Record):
    """Changed at /terms/, where every change is written down and can be taken back."""

    list_display = ["name_en", "name_ko", "kind", "slug", "active"]
    list_filter = ["kind", "active"]
    search_fields = ["name_en", "name_ko", "slug"]


@admin.register(SourceName)
class SourceNameAdmin(ModelAdmin):
    list_display = ["name", "kind", "source", "films", "term", "ignored"]
    list_filter = ["kind", "ignored"]


@admin.register(Label)
class LabelAdmin(Record):
    list_display = ["film", "term", "value", "source", "locked", "changed_at"]
    list_select_related = ["film", "term"]
    show_full_result_count = False


@admin.register(ChangeSet)
class ChangeSetAdmin(Record):
    list_display = ["id", "kind", "user", "note", "created_at"]
    list_filter = ["kind"]
    list_select_related = ["user"]


@admin.register(Decision)
class DecisionAdmin(Record):
    list_display = ["id", "film", "term", "before", "after", "change_set"]
    list_select_related = ["film", "term", "change_set"]
    show_full_result_count = False


@admin.register(Job)
class JobAdmin(Record):
    list_display = ["id", "task", "state", "message", "created_by", "created_at", "finished_at"]
    list_filter = ["state", "task"]
    list_select_related = ["created_by"]
