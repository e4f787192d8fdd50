"""Judge tags of films against a reference, beside trivial taggers and the ceiling."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError

from catalog.models import Film
from catalog.progress import Console
from inference.models import Tagging
from inference.predict import UNUSABLE, predict_stale
from inference.tags import metrics as tag_metrics
from inference.tags import references as tag_references
from inference.tags.genome import BadGenome
from inference.tags.metrics import KS
from inference.tags.references import BadLabels, NothingToJudge, Reference
from inference.tags.tagging import site_tags
from training import registry
from training.management.figures import add_json_argument, write_json
from training.models import ModelVersion, Task

HEAD = (
    f"{'':<40} {'films':>6} {'tags/film':>9} {'match':>6} {'unmatched':>9} {'missing':>7} {'P':>6} {'R':>6} {'F1':>6} "
    f"{'F1@3':>6} {'F1@5':>6} {'F1@10':>6} {'LRAP':>6} {'mAP':>6}  {'TL@3':>4} {'TR@3':>5} {'TL@5':>4} {'TR@5':>5}"
)


class Command(BaseCommand):
    help = (
        "Judge tags: match ratio, unmatched and missing tags as published, with precision, recall and F1 at 3, 5 and "
        "10, ranking, tags learned (TL) and tag recall (TR), beside trivial taggers and the ceiling."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--against", required=True, choices=["movielens", "mpst"])
        parser.add_argument("--genome", type=Path, metavar="FILE", help="imdb_id, tag, relevance; else what is stored")
        parser.add_argument("--mpst", type=Path, metavar="FILE", help="imdb_id and tags (a|b); else the site's labels")
        parser.add_argument("--relevant", type=float, default=tag_references.RELEVANT, help="a yes from here on")
        parser.add_argument("--tagger", metavar="NAME", help="of a stored tagging, or plot; by default all there are")
        parser.add_argument("--version-of-tags", metavar="VERSION", help="in place of the champion, as tags-2")
        parser.add_argument("--all-films", action="store_true", help="films that the champion has learned from, too")
        add_json_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        progress = Console(self.stderr.write)
        try:
            reference = _reference(options)
            groups = list(_groups(reference, options, progress))
        except (BadGenome, BadLabels, NothingToJudge, registry.UnknownVersion, *UNUSABLE) as error:
            raise CommandError(str(error), returncode=2) from error
        finally:
            progress.close()
        if not groups:
            raise CommandError("No tagger has said anything of the reference's films.", returncode=2)
        write_json(options["json"], {"against": reference.name, "tags": len(reference.terms), "groups": groups})
        for group in groups:
            self._tell(group, len(reference.terms))

    def _tell(self, group: dict[str, Any], tags: int) -> None:
        self.stdout.write(HEAD.replace("tags/film", f"of {tags}".rjust(9)))
        for row in group["rows"]:
            self.stdout.write(_line(row))
        first = group["rows"][0]
        for name, bounds in first["intervals"].items():
            self.stdout.write(f"  {name}: {bounds['value']:.3f} ({bounds['low']:.3f} to {bounds['high']:.3f})")
        for row in group["rows"]:
            if row["gives_nearly_all"]:
                given = f"{row['tags_per_film']:.1f} of {tags} tags"
                self.stdout.write(f"  Warning: {row['tagger']} gives a film {given}: its match ratio says nothing.")


def _line(row: dict[str, Any]) -> str:
    figures = [row["match_ratio"], row["said"]["precision"], row["said"]["recall"], row["said"]["f1"]]
    match, precision, recall, f1 = (f"{value:>6.3f}" for value in figures)
    tops = " ".join(f"{row['top'][str(k)]['f1']:>6.3f}" for k in KS)
    ranking = " ".join(f"{row['ranking'][name]:>6.3f}" for name in ("lrap", "map"))
    learned = " ".join(
        f"{row['top'][k]['tags_learned']:>4.0f} {100 * row['top'][k]['tag_recall']:>5.1f}" for k in ("3", "5")
    )
    return (
        f"{row['tagger'][:40]:<40} {row['films']:>6} {row['tags_per_film']:>9.1f} {match} {row['unmatched']:>9.2f} "
        f"{row['missing']:>7.2f} {precision} {recall} {f1} {tops} {ranking}  {learned}"
    )


def _reference(options: dict[str, Any]) -> Reference:
    terms = [tag.slug for tag in site_tags()]
    if options["against"] == "mpst":
        return tag_references.mpst(options["mpst"], terms)
    return tag_references.movielens(options["genome"], terms, options["relevant"])


def _groups(reference: Reference, options: dict[str, Any], progress: Console) -> Any:
    """Each tagger on the films that it has said something of, with the trivial ones on the same films."""
    common = tag_references.commonness(reference)
    version = _version(options)
    if version is not None and options["tagger"] in (None, "plot"):
        judged = reference if options["all_films"] else reference.take(reference.test)
        if judged.film_ids:
            films = Film.objects.filter(pk__in=judged.film_ids)
            predict_stale(version, films=films, progress=progress)
            yield _group(tag_references.plot_answers(version, judged), judged, common)
    for name in _stored(options["tagger"]):
        answers, seen = tag_references.frame_answers(name, reference)
        if seen.any():
            said = tag_metrics.Answers(answers.name, answers.scores[seen], answers.said[seen])
            yield _group(said, reference.take(seen), common)


def _version(options: dict[str, Any]) -> ModelVersion | None:
    if options["version_of_tags"]:
        return registry.find(options["version_of_tags"])
    return ModelVersion.objects.filter(task=Task.TAGS, champion=True).first()


def _stored(tagger: str | None) -> list[str]:
    taggings = Tagging.objects.filter(frames__gt=0).order_by("tagger")
    chosen = taggings.filter(tagger=tagger) if tagger else taggings
    return list(chosen.values_list("tagger", flat=True).distinct())


def _group(answers: tag_metrics.Answers, judged: Reference, common: np.ndarray[Any, Any]) -> dict[str, Any]:
    truth = judged.truth
    beside = [
        tag_metrics.most_frequent(common, truth, k=3),
        tag_metrics.all_tags(truth),
        tag_metrics.perfect(truth),
    ]
    return {"tagger": answers.name, "rows": [tag_metrics.figures(one, truth) for one in (answers, *beside)]}
