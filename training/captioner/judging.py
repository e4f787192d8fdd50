"""A model's figures on validation films, before and after it was taught."""

from typing import Any

from training.captioner import prompts, scoring
from training.captioner.captioner import Captioner
from training.captioner.examples import Example, Material
from training.captioner.loading import Loaded
from training.captioner.options import SIZES, FinetuneOptions

LONGEST, SPARE = 256, 8  # tokens: the longest answer that is waited for, and what is added to the longest true one


def judge(model: Loaded, material: Material, options: FinetuneOptions) -> dict[str, Any]:
    """What the model answers to the validation frames, against the tags of their films; {} without such frames."""
    if not material.validation:
        return {}
    captioner = Captioner(model, size=SIZES[options.size])
    frames = [one.frame for one in material.validation]
    said = [
        answer
        for batch in captioner.captions(frames, prompt=prompts.TAGS, most_tokens=most_tokens(model, material))
        for answer in batch
    ]
    answers = [(one.film, answer) for one, answer in zip(material.validation, said, strict=True)]
    truth = {one.film: _slugs(one, material) for one in material.validation}
    return scoring.figures(answers, truth, material.names, scoring.vocabulary()) | {"answers": said[:3]}


def most_tokens(model: Loaded, material: Material) -> int:
    """Room for the longest list of tags that there is."""
    tokenizer = model.processor.tokenizer
    lists = {", ".join(one.tags) for one in (*material.train, *material.validation)}
    longest = max(len(tokenizer(text, add_special_tokens=False)["input_ids"]) for text in lists)
    return min(LONGEST, longest + SPARE)


def _slugs(example: Example, material: Material) -> scoring.Slugs:
    """The film's tags, as far as some training film has them: nobody can answer others."""
    return frozenset(material.names[name] for name in example.tags if name in material.names)
