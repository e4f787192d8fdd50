"""The forms of the vocabulary's pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Term
from catalog.thesaurus.edits import LONGEST_GUIDELINE, LONGEST_NAME
from catalog.thesaurus.states import LONGEST_NOTE, name_of


class NamesField(forms.CharField):
    """Several names, one on each line."""

    widget = forms.Textarea(attrs={"rows": 4})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        return [name for line in super().clean(value).splitlines() if (name := " ".join(line.split()))]


class TermForm(forms.Form):
    """A term's names and place. `new`: the kind is asked for as well; otherwise the term's values are filled in."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Term.Kind.choices)
    name_en = forms.CharField(label=gettext_lazy("English name"), max_length=LONGEST_NAME)
    name_ko = forms.CharField(label=gettext_lazy("Korean name"), max_length=LONGEST_NAME)
    aliases = NamesField(
        label=gettext_lazy("Other names"),
        required=False,
        help_text=gettext_lazy("One on each line. Search, imports and captions understand them all."),
    )
    parent = forms.ChoiceField(
        label=gettext_lazy("Part of"),
        required=False,
        help_text=gettext_lazy("Who looks for the wider term finds this one, too; who leaves it out leaves this out."),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, term: Term | None = None, new: bool = False, **kwargs: Any) -> None:
        if term is not None:
            last = term.changes.order_by("-pk").values_list("pk", flat=True).first() or 0
            held = {name: getattr(term, name) for name in ("name_en", "name_ko", "aliases")}
            kwargs["initial"] = {**held, "parent": name_of(term.parent), "seen": last}
        super().__init__(*args, **kwargs)
        del self.fields["seen" if new else "kind"]
        parent = self.fields["parent"]
        assert isinstance(parent, forms.ChoiceField)
        parent.choices = parents(term)
        self.fields["name_ko"].widget.attrs["lang"] = "ko"


def parents(term: Term | None) -> list[tuple[str, Any]]:
    """Terms in use that another one may be part of, by kind."""
    others = [other for other in Term.objects.filter(active=True) if other != term]
    found: list[tuple[str, Any]] = [("", _("nothing"))]
    for kind, label in Term.Kind.choices:
        of_kind = sorted((name_of(other), other.name) for other in others if other.kind == kind)
        found.append((str(label), sorted(of_kind, key=lambda choice: choice[1])))
    return found


class ExampleForm(forms.Form):
    """A film to add, as somebody names it, or the key of one to take away."""

    film = forms.CharField(max_length=300, required=False)
    good = forms.ChoiceField(choices=[("1", ""), ("0", "")], required=False)
    note = forms.CharField(max_length=LONGEST_NOTE, required=False)
    remove = forms.CharField(max_length=80, required=False)


class GuidelineForm(forms.Form):
    guideline_en = forms.CharField(
        label=gettext_lazy("In English"),
        max_length=LONGEST_GUIDELINE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "lang": "en"}),
    )
    guideline_ko = forms.CharField(
        label=gettext_lazy("In Korean"),
        max_length=LONGEST_GUIDELINE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "lang": "ko"}),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
