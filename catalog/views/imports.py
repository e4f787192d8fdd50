"""Importing from a page: choose a file, see what an import would do, then let it run as a job."""

from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from catalog import jobs
from catalog.access import admins, takes_files
from catalog.importers import IMPORTERS
from catalog.importers.merge import TEXTS, Rule
from catalog.importers.rows import BadSource
from catalog.importers.uploads import UPLOAD_MAX_BYTES, receive_upload
from catalog.models import Job, SourceName, Term

RULES = [
    (Rule.MERGE, gettext_lazy("fill in what is missing")),
    (Rule.OVERWRITE, gettext_lazy("take over what the file says")),
    (Rule.IGNORE, gettext_lazy("leave as it is")),
]
FORMATS = {
    "csv": gettext_lazy("CSV with one film per row"),
    "poster-table": gettext_lazy("Poster table (train.csv with a column per genre)"),
    "moviegenre": gettext_lazy("MovieGenre.csv"),
    "movielens": gettext_lazy("MovieLens folder or zip"),
    "mpst": gettext_lazy("MPST tags"),
    "mmimdb": gettext_lazy("MM-IMDb folder or zip"),
}
# What each of the page's three rules covers.
COVERED = {"facts": (*TEXTS, "year", "external"), "labels": ("genres", "tags"), "poster": ("poster",)}


def folder_choices() -> list[tuple[str, str]]:
    """What lies in DATA_DIR/imports, where large things are put by hand."""
    folder = Path(settings.DATA_DIR) / "imports"
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    return [("", "–"), *((name, name) for name in names if not name.endswith(".errors.csv") and not _is_upload(name))]


def _is_upload(name: str) -> bool:
    return len(name) == 16 and all(letter in "0123456789abcdef" for letter in name)


class ImportForm(forms.Form):
    format = forms.ChoiceField(label=gettext_lazy("Format"))
    upload = forms.FileField(
        label=gettext_lazy("File"), required=False, help_text=gettext_lazy("CSV, gzipped CSV, or a zip archive.")
    )
    pictures = forms.FileField(
        label=gettext_lazy("Posters"),
        required=False,
        help_text=gettext_lazy("A zip archive of pictures named by IMDb id."),
    )
    place = forms.ChoiceField(label=gettext_lazy("File or folder"), required=False)
    picture_place = forms.ChoiceField(label=gettext_lazy("Folder of posters"), required=False)
    facts = forms.ChoiceField(label=gettext_lazy("Titles, plots and facts"), choices=RULES)
    labels = forms.ChoiceField(label=gettext_lazy("Genres and tags"), choices=RULES)
    poster = forms.ChoiceField(label=gettext_lazy("Posters that are there"), choices=RULES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = folder_choices()
        for name, choices in (
            ("format", [(name, FORMATS.get(name, name)) for name in IMPORTERS]),
            ("place", places),
            ("picture_place", places),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if bool(given.get("upload")) == bool(given.get("place")):
            raise forms.ValidationError(_("Choose one file: upload it, or take it from the server."))
        return given

    @property
    def rules(self) -> list[str]:
        return [
            f"{field}={self.cleaned_data[name]}"
            for name, fields in COVERED.items()
            for field in fields
            if self.cleaned_data[name] != Rule.MERGE
        ]

    def params(self) -> dict[str, Any]:
        """What the job needs. Raises BadSource: an upload that cannot be kept."""
        given = self.cleaned_data
        path = self._path(given["upload"], given["place"])
        posters = self._path(given["pictures"], given["picture_place"])
        name = given["upload"].name if given["upload"] else given["place"]
        return {
            "path": str(path),
            "format": given["format"],
            "posters": str(posters) if posters else None,
            "rules": self.rules,
            "name": str(name)[:100],
        }

    def _path(self, upload: Any, place: str) -> Path | None:
        if upload:
            return receive_upload(upload)
        return Path(settings.DATA_DIR) / "imports" / place if place else None


@takes_files(2 * UPLOAD_MAX_BYTES + 2**20)
@require_http_methods(["GET", "HEAD", "POST"])
@admins
def imports(request: HttpRequest) -> HttpResponse:
    """The form; sent, it starts a job that only counts."""
    form = ImportForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            params = form.params()
        except BadSource as error:
            form.add_error(None, str(error))
        else:
            return redirect("job", _start(request, params, dry_run=True).pk)
    context = {
        "form": form,
        "folder": Path(settings.DATA_DIR) / "imports",
        "names": SourceName.objects.filter(term=None, ignored=False).count(),
    }
    return render(request, "catalog/import.html", context, status=422 if form.errors else 200)


def _start(request: HttpRequest, params: dict[str, Any], *, dry_run: bool) -> Job:
    return jobs.start("catalog.import_films", params | {"dry_run": dry_run}, user=request.user)  # type: ignore[arg-type]


@require_POST
@admins
def import_start(request: HttpRequest, pk: int) -> HttpResponse:
    """The import that a check has counted."""
    checked = get_object_or_404(Job, pk=pk, task="catalog.import_films", state=Job.State.DONE)
    if not checked.params.get("dry_run"):
        raise Http404
    return redirect("job", _start(request, checked.params, dry_run=False).pk)


@require_http_methods(["GET", "HEAD"])
@admins
def source_names(request: HttpRequest) -> HttpResponse:
    """Names that imports met and that mean no term yet, with what could be done about them."""
    names = SourceName.objects.select_related("term")
    terms = Term.objects.filter(active=True)
    context = {
        "open": names.filter(term=None, ignored=False),
        "settled": names.exclude(term=None, ignored=False).order_by("name"),
        "terms": {kind: [term for term in terms if term.kind == kind] for kind in Term.Kind.values},
    }
    return render(request, "catalog/source_names.html", context)


@require_POST
@admins
def map_name(request: HttpRequest, pk: int) -> HttpResponse:
    """Say which term a name means (term=slug), that it means none (term=-), or open the question again (term=)."""
    name, slug = get_object_or_404(SourceName, pk=pk), request.POST.get("term", "")
    term = Term.objects.filter(kind=name.kind, slug=slug, active=True).first()
    if slug not in ("", "-") and term is None:
        raise Http404(_("There is no genre or tag called “%(name)s”.") % {"name": slug[:60]})
    SourceName.objects.filter(pk=name.pk).update(term=term, ignored=slug == "-")
    said = {"": _("“%(name)s” is open again."), "-": _("“%(name)s” is left out from now on.")}
    sentence = said.get(slug) or _("“%(name)s” means %(term)s from the next import on.")
    messages.success(request, sentence % {"name": name.name, "term": term.name if term else ""})
    return redirect("source-names")
