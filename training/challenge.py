"""Challenger against champion, on the same frozen films (docs/decisions/0006)."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from catalog.models import Film
from catalog.progress import Progress
from training import registry
from training.data import named_encoders, read_inputs
from training.encoders import EncoderUnavailable
from training.models import ModelVersion, Task
from training.snapshot import STRATIFIED, Snapshot
from training.splits import split_of

if TYPE_CHECKING:
    from training.inputs import Inputs


def compare_with_champion(
    model: registry.Model, snapshot: Snapshot, inputs: "Inputs", progress: Progress
) -> dict[str, Any]:
    """Challenger against champion on this snapshot's test films, leaving out those that the champion learned from."""
    version = registry.champion(snapshot.task)
    if version is None:
        return {"better": True, "reason": "there was no champion"}
    try:
        champion = registry.load(version)
        _require_its_encoders(champion)
    except (registry.DamagedModel, EncoderUnavailable) as error:
        return {"better": True, "against": version.name, "reason": f"the champion cannot be used any more: {error}"}
    return _compare(model, champion, version, snapshot, inputs, progress)


def _require_its_encoders(champion: registry.Model) -> None:
    """Raises EncoderUnavailable where the champion's encoders are gone, or have other weights than it learned from."""
    found = [encoder.name for encoder in named_encoders(champion.text_encoder, champion.image_encoder) if encoder]
    learned = champion.config.get("encoders", found)
    if found != learned:
        raise EncoderUnavailable(f"it learned from {' + '.join(learned)}, but here is {' + '.join(found)}.")


def _compare(
    model: registry.Model,
    champion: registry.Model,
    version: ModelVersion,
    snapshot: Snapshot,
    inputs: "Inputs",
    progress: Progress,
) -> dict[str, Any]:
    from training.evaluation import compare, on_shared_terms
    from training.metrics import Truth
    from training.scenes.evaluation import compare_scenes

    shared = [term for term in model.terms if term in champion.terms]
    rows = _unseen_by(champion, snapshot)
    if not shared or not len(rows):
        return {"better": False, "against": version.name, "reason": "no film or no term in common to compare on"}
    ids = [snapshot.film_ids[i] for i in rows]
    theirs = champion.scores(read_inputs(ids, champion.text_encoder, champion.image_encoder, progress, champion.looks))
    columns = [model.terms.index(term) for term in shared]
    judged = compare_scenes if snapshot.task == Task.SCENES else compare
    found = judged(
        on_shared_terms(model.scores(inputs.take(rows)), model.thresholds, model.terms, shared),
        on_shared_terms(theirs, champion.thresholds, champion.terms, shared),
        Truth.of(snapshot.labels[rows][:, columns]),
    )
    verb = "better" if found["better"] else "not better"
    reason = f"{verb} than {version.name} by {found['gain'] * 100:+.2f} points on {found['films']} test films"
    reason += f" ({found['because']})" if found.get("because") else ""
    return found | {"against": version.name, "terms": len(shared), "reason": reason}


def _unseen_by(champion: registry.Model, snapshot: Snapshot) -> NDArray[np.int64]:
    """Test films of this snapshot that the champion did not learn from, chose by or set its thresholds on."""
    test = snapshot.rows("test")
    if snapshot.task == Task.SCENES:
        return np.array([i for i in test if snapshot.keys[i] not in champion.config["seen"]], np.int64)
    split = champion.config.get("options", {}).get("split", "hash")
    if split == STRATIFIED:  # another one with other labels
        return test if champion.config["dataset_hash"] == snapshot.hash else test[:0]
    if split == "hash":
        return np.array([i for i in test if split_of(snapshot.keys[i]) == "test"], np.int64)
    ids = [snapshot.film_ids[i] for i in test]
    parts = dict(Film.objects.filter(pk__in=ids).values_list("pk", f"external__split:{split}"))
    return np.array([i for i, pk in zip(test, ids, strict=True) if parts.get(pk) in (None, "test")], np.int64)
