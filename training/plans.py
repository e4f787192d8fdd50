"""What a comparison is asked for: which architectures with which options, how often, on which films.

Architectures are written with commas or line breaks between them, each with options of its own after colons:

    late, heads, resnet50:finetune=all:size=96, resnet50:label=ResNet-50 frozen

An option is called as in `manage.py retrain`; `label` is how the row is called. Options that decide which films are
compared are the same for all rows and cannot stand here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from pathlib import PurePath
from typing import Any

from training.architectures import ARCHITECTURES
from training.options import BadOption, NetworkOptions, RetrainOptions

# The same films for every row: options that choose films belong to the comparison, not to a row.
OF_FILMS = ("task", "split", "min_films", "per_genre")
NETWORK = tuple(option.name for option in fields(NetworkOptions) if option.name not in OF_FILMS)
OF_ROWS = ("text_encoder", "image_encoder", *NETWORK)
_OF_NETS = ("weights", "finetune", "size", "augment")  # of networks that read posters or plots themselves
MOST_SEEDS = 20
_YES_NO = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


@dataclass(frozen=True)
class Entry:
    """One row that is asked for."""

    architecture: str
    options: dict[str, Any] = field(default_factory=dict)
    label: str = ""

    @property
    def id(self) -> str:
        """The row in one line, the same however it was written."""
        return ":".join([self.architecture, *(f"{name}={shown(self.options[name])}" for name in sorted(self.options))])


@dataclass(frozen=True)
class Plan:
    """A whole comparison. ``base`` holds options of RetrainOptions that all rows share."""

    entries: tuple[Entry, ...]
    base: dict[str, Any] = field(default_factory=dict)
    seeds: int = 1
    films: int = 0
    """At most so many films, chosen by their keys; 0 is all."""

    def __post_init__(self) -> None:
        if not 1 <= self.seeds <= MOST_SEEDS:
            raise BadOption(f"Between 1 and {MOST_SEEDS} seeds can be compared.")
        if self.films < 0:
            raise BadOption("The number of films must not be negative.")
        names = [entry.id for entry in self.entries]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise BadOption(f"{', '.join(twice)} is asked for twice.")

    @classmethod
    def of(cls, params: dict[str, Any]) -> Plan:
        """From JSON: `architectures` as text, `seeds`, `films` and `options`. Raises BadOption."""
        base = {name: value for name, value in params.get("options", {}).items() if name not in ("seed", "promote")}
        if base.get("task") == "scenes":
            raise BadOption("Genres and tags can be compared side by side; retrain scene genres one by one.")
        RetrainOptions.of(_checked(base))
        return cls(parse(params["architectures"]), base, params.get("seeds", 1), params.get("films", 0))

    def option(self, name: str) -> Any:
        """An option that all rows share."""
        return self.base.get(name, getattr(RetrainOptions(), name))

    def options(self, entry: Entry, seed: int = 0) -> RetrainOptions:
        """What to train for a row. Raises BadOption where its options do not go together."""
        not_meant = {"per_genre", *unused(entry.architecture)}
        shared = {name: value for name, value in self.base.items() if name not in not_meant}
        return RetrainOptions.of(shared | entry.options | {"architecture": entry.architecture, "seed": seed})


def unused(architecture: str) -> tuple[str, ...]:
    """Network options that say nothing to an architecture. Meant for all rows, they are not meant for its row."""
    looks = ARCHITECTURES[architecture]
    if architecture == "heads":
        return NETWORK
    chain = () if architecture == "chain" else ("chain_order",)
    return chain + {"pictures": (), "plots": ("size", "augment"), "vectors": _OF_NETS}[looks.reads]


def _checked(base: dict[str, Any]) -> dict[str, Any]:
    """The shared options with an architecture that may have each of them, to find what no row could use."""
    some = next((name for name, looks in ARCHITECTURES.items() if looks.reads == "pictures"), None)
    return base | {"architecture": some} if some else {name: base[name] for name in base if name not in NETWORK}


def parse(text: str) -> tuple[Entry, ...]:
    """The rows in a text as in the module's docstring.

    Raises:
        BadOption: no row, or an architecture, an option or a value that there is not.
    """
    entries = tuple(_entry(part.strip()) for part in re.split(r"[,\n]", text) if part.strip())
    if not entries:
        raise BadOption("Name at least one architecture.")
    return entries


def _entry(text: str) -> Entry:
    name, *rest = [part.strip() for part in text.split(":")]
    if name not in ARCHITECTURES:
        raise BadOption(f"Unknown architecture {name!r}; there are: {', '.join(ARCHITECTURES)}.")
    options, label = {}, ""
    for part in rest:
        option, equals, value = (piece.strip() for piece in part.partition("="))
        option = option.replace("-", "_")
        if option == "label":
            label = value
        elif option not in OF_ROWS or not equals:
            raise BadOption(f"{name} cannot have {part!r}; options of a row are: label, {', '.join(OF_ROWS)}.")
        else:
            options[option] = _value(option, value)
    return Entry(name, options, label)


def _value(option: str, text: str) -> Any:
    default = getattr(RetrainOptions(), option)
    try:
        return _YES_NO[text.lower()] if isinstance(default, bool) else type(default)(text)
    except (KeyError, ValueError) as error:
        wanted = "yes or no" if isinstance(default, bool) else "a number"
        raise BadOption(f"{option}={text}: {wanted} is needed.") from error


def shown(value: Any) -> str:
    """An option's value as it is shown: of a folder or file only its own name."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    is_path = isinstance(value, str) and (PurePath(value).is_absolute() or value.startswith("."))
    return PurePath(value).name if is_path else str(value)


def notes(options: RetrainOptions) -> list[tuple[str, str]]:
    """What sets a row apart, as (option, value): the encoders or weights, and network options that were asked for."""
    text, image = options.seen_encoders
    seen = {"text": text, "image": image} if options.looks.reads == "vectors" else {"weights": "none"}
    told = {name: shown(value) for name, value in (seen | options.network).items() if name not in OF_FILMS}
    return [(name.replace("_", "-"), value) for name, value in told.items() if name == "weights" or value != "none"]
