"""Figures that others have published, to stand beside ours. They are of other films: read them as a yardstick only.

Shares are in [0, 1] under the names of training/resampling.py. What a source does not say is not here; nothing is
computed from other figures.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

POSTERS, MM_IMDB = "posters", "mm-imdb"
DATA: dict[str, str | Promise] = {
    POSTERS: _("7,254 labelled posters of 25 genres, a split of their own"),
    MM_IMDB: _("MM-IMDb, 25,959 films of 23 genres with its own plots, official split"),
}

SYSTEM_NAMES: dict[str, str | Promise] = {
    "A": _("published nets on posters"),
    "B": _("published classifier chain on poster vectors"),
    "C": _("published fusion of poster and plot"),
}
# Architectures here that re-implement a published system. Every other one is this project's own.
SYSTEMS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("feedforward", "vgg16", "inception-v3", "efficientnet-b0", "backbone"), ("A",)),
    "resnet50": ("A", "C"),
    "chain": ("B",),
    **dict.fromkeys(("vit-b16", "bert", "roberta"), ("C",)),
    **dict.fromkeys(("early", "late", "attention", "gmu", "cross-attention"), ("C",)),
}


@dataclass(frozen=True)
class Published:
    """One row of a published table."""

    name: str | Promise
    data: str
    """A key of DATA."""
    source: str | Promise
    """Where it can be read, in words."""
    figures: dict[str, float]
    architecture: str = ""
    """The architecture here that is the same one; "" where there is none."""
    system: str = ""
    """A, B or C; "" for other published work on the same films."""
    sense: str | Promise = ""
    """What has to be known to read its figures."""


_SLIDES = _("slides of the poster nets")
_THESIS = _("thesis on poster and plot fusion, table of fusion models")
_SEO = _("Seo 2022, table 1, as quoted in a course report")
_BM_NAS = _("BM-NAS 2022, table 1")
_OPEN = _("table of an open project of November 2025")
_COUNTED = _("counted in the table of labels that comes with the posters")
_TOP3 = _(
    "“Top-3 accuracy”, which the slides do not define. A hit among the three has .8382 without looking at any poster, "
    "so it is probably one of the stricter senses: hits@3 or precision@3."
)

TABLE: tuple[Published, ...] = (
    Published("ResNet-50", POSTERS, _SLIDES, {"top3": 0.6021}, "resnet50", "A", _TOP3),
    Published(
        _("always Drama, Comedy, Action"),
        POSTERS,
        _COUNTED,
        {
            "label_accuracy": 0.8737,
            "micro_f1": 0.4070,
            "top3_precision": 0.3613,
            "top3_share": 0.4949,
            "top3_any": 0.8382,
        },
    ),
    Published(_("never any genre"), POSTERS, _COUNTED, {"label_accuracy": 0.9070, "micro_f1": 0.0}),
    Published(
        _("perfect, but three genres each"),
        POSTERS,
        _COUNTED,
        {"micro_f1": 0.8735, "top3_precision": 0.7754, "top3_share": 1.0, "top3_any": 1.0},
    ),
    Published(
        _("DenseNet, fine-tuned"),
        POSTERS,
        _("Appl. Sci. 2023, 13, 8665, abstract"),
        {"label_accuracy": 0.90},
        sense=_("On IMDb posters of its own. Saying nothing at all has .9070 on the 7,254."),
    ),
    Published(
        "cross-attention",
        MM_IMDB,
        _THESIS,
        {"macro_f1": 0.4696, "micro_f1": 0.6207, "weighted_f1": 0.5987, "samples_f1": 0.6220},
        "cross-attention",
        "C",
        _("The best of the thesis's models."),
    ),
    Published(
        _("EfficientNet, poster"),
        MM_IMDB,
        _SEO,
        {"micro_f1": 0.395, "macro_f1": 0.314, "weighted_f1": 0.457},
        "efficientnet-b0",
    ),
    Published(_("BERT, plot"), MM_IMDB, _SEO, {"micro_f1": 0.645, "macro_f1": 0.587, "weighted_f1": 0.645}, "bert"),
    Published(
        "GMU 2017",
        MM_IMDB,
        _SEO,
        {"micro_f1": 0.630, "macro_f1": 0.541, "weighted_f1": 0.617},
        "gmu",
    ),
    Published(
        "CentralNet 2018",
        MM_IMDB,
        _SEO,
        {"micro_f1": 0.639, "macro_f1": 0.561, "weighted_f1": 0.631},
    ),
    Published("MFAS 2019", MM_IMDB, _BM_NAS, {"weighted_f1": 0.6250}),
    Published("BM-NAS 2022", MM_IMDB, _BM_NAS, {"weighted_f1": 0.6292}),
    Published("MMBT 2019", MM_IMDB, _SEO, {"micro_f1": 0.669, "macro_f1": 0.618}),
    Published("MFM 2021", MM_IMDB, _SEO, {"micro_f1": 0.675, "macro_f1": 0.616}),
    Published("ReFNet 2022", MM_IMDB, _SEO, {"micro_f1": 0.680, "macro_f1": 0.587}),
    Published(
        "MM-GATBT 2022",
        MM_IMDB,
        _SEO,
        {"micro_f1": 0.685, "macro_f1": 0.645, "weighted_f1": 0.683},
        sense=_("Also sees who directed and wrote."),
    ),
    Published(_("ResNet-18, poster"), MM_IMDB, _OPEN, {"micro_f1": 0.3843, "macro_f1": 0.2973}),
    Published(_("DistilBERT, plot"), MM_IMDB, _OPEN, {"micro_f1": 0.6474, "macro_f1": 0.5701}),
    Published(_("DistilBERT + ResNet-18, late"), MM_IMDB, _OPEN, {"micro_f1": 0.6594, "macro_f1": 0.5943}, "late"),
    Published(
        _("DistilBERT + ResNet-18, cross-attention"),
        MM_IMDB,
        _OPEN,
        {"micro_f1": 0.6590, "macro_f1": 0.5979},
        "cross-attention",
    ),
)


def of(architecture: str) -> list[Published]:
    """The published rows of the same architecture, the systems' own first."""
    return sorted((row for row in TABLE if row.architecture == architecture), key=lambda row: not row.system)


def is_published(architecture: str) -> bool:
    """Whether the architecture re-implements a published system."""
    return architecture in SYSTEMS
