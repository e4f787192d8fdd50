"""What a comparison is asked for, as text and as JSON."""

from typing import Any

import pytest

from training import architectures
from training.architectures import Architecture
from training.options import BadOption, RetrainOptions
from training.plans import Entry, Plan, notes, parse


@pytest.fixture(autouse=True)
def _nets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(architectures.ARCHITECTURES, "net", Architecture("none", ("image",), "pictures"))
    monkeypatch.setitem(architectures.ARCHITECTURES, "toy", Architecture("none"))


def test_rows_are_parted_by_commas_and_lines_and_options_by_colons() -> None:
    assert parse("heads, net:finetune=all:size=96\nnet:label=ResNet-50 frozen:augment=yes") == (
        Entry("heads"),
        Entry("net", {"finetune": "all", "size": 96}),
        Entry("net", {"augment": True}, "ResNet-50 frozen"),
    )


def test_a_row_has_one_name_however_it_is_written() -> None:
    first, second = parse("net:size=96:learning-rate=1e-3, net:learning_rate=0.001:size=96:label=again")
    assert first.id == second.id == "net:learning_rate=0.001:size=96"
    with pytest.raises(BadOption, match="twice"):
        Plan((first, second))


def test_a_folder_is_called_by_its_own_name() -> None:
    [entry] = parse("net:weights=/somewhere/else/resnet-50")
    assert entry.id == "net:weights=resnet-50" and entry.options["weights"] == "/somewhere/else/resnet-50"
    assert parse("net:weights=microsoft/resnet-50")[0].id == "net:weights=microsoft/resnet-50"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "at least one"),
        (" , ", "at least one"),
        ("nothing", "Unknown architecture 'nothing'"),
        ("net:size", "cannot have 'size'"),
        ("net:size=big", "a number is needed"),
        ("net:augment=perhaps", "yes or no is needed"),
        ("net:seed=3", "cannot have 'seed=3'"),
        ("net:split=mpst", "cannot have"),
        ("net:per_genre=250", "cannot have"),
    ],
)
def test_what_cannot_be_a_row_is_refused_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(BadOption, match=sentence):
        parse(text)


@pytest.mark.parametrize(
    "params",
    [
        {"seeds": 0},
        {"seeds": 21},
        {"films": -1},
        {"options": {"split": "mine"}},
        {"options": {"loss": "hinge"}},
        {"options": {"nothing": 1}},
        {"options": {"epochs": "3"}},
    ],
)
def test_a_comparison_that_cannot_be_is_refused(params: dict[str, Any]) -> None:
    with pytest.raises(BadOption):
        Plan.of({"architectures": "net", **params})


def test_shared_options_are_for_all_rows_and_those_of_networks_for_networks() -> None:
    plan = Plan.of({"architectures": "heads, net, net:epochs=9", "options": {"epochs": 2, "min_films": 5}})
    heads, net, longer = (plan.options(entry, seed=3) for entry in plan.entries)
    assert (heads.epochs, net.epochs, longer.epochs) == (0, 2, 9)
    assert {row.min_films for row in (heads, net, longer)} == {5} and heads.seed == 3


def test_shared_options_are_not_meant_for_rows_to_which_they_say_nothing() -> None:
    plan = Plan.of({"architectures": "net, toy, chain", "options": {"size": 64, "epochs": 2, "chain_order": "given"}})
    asked = {entry.architecture: plan.options(entry).network for entry in plan.entries}
    assert asked["net"] == {"size": 64, "epochs": 2} and asked["toy"] == {"epochs": 2}
    assert asked["chain"] == {"epochs": 2, "chain_order": "given"}


def test_films_are_chosen_once_for_all_rows() -> None:
    plan = Plan.of({"architectures": "heads, net", "options": {"per_genre": 250}})
    assert plan.option("per_genre") == 250
    assert {plan.options(entry).per_genre for entry in plan.entries} == {0}


def test_options_that_do_not_go_together_are_found_when_the_row_is_trained() -> None:
    plan = Plan.of({"architectures": "heads:epochs=3"})
    with pytest.raises(BadOption, match="heads does not use epochs"):
        plan.options(plan.entries[0])


def test_notes_tell_what_sets_a_row_apart() -> None:
    frozen = RetrainOptions(architecture="net", weights="/a/b/resnet-50", finetune="all", size=96)
    assert notes(frozen) == [("weights", "resnet-50"), ("finetune", "all"), ("size", "96")]
    assert notes(RetrainOptions(architecture="net")) == [("weights", "none")]
    words = RetrainOptions(architecture="toy", text_encoder="minilm", image_encoder="none")
    assert notes(words) == [("text", "minilm")]
