"""Training options as arguments of a command, the same wherever something is trained."""

from argparse import ArgumentParser
from dataclasses import fields

from training.options import SPLITS, NetworkOptions, RetrainOptions


def add_training_arguments(parser: ArgumentParser, *, min_films: int | None = RetrainOptions.min_films) -> None:
    """Encoders, split, and a group with every option of networks; ``min_films`` where that is not said."""
    defaults = RetrainOptions()
    parser.add_argument("--text-encoder", default=defaults.text_encoder, help="minilm, a hub id, a folder, or none")
    parser.add_argument("--image-encoder", default=defaults.image_encoder, help="starter, a hub id, a folder, or none")
    parser.add_argument("--split", default="hash", help=f"one of {', '.join(SPLITS)}")
    help = "training films that a term needs; 20, of scene genres 1"
    parser.add_argument("--min-films", type=int, default=min_films, help=help)
    group = parser.add_argument_group("networks", "How a network is trained; heads uses none of these.")
    for option in fields(NetworkOptions):
        flag, text = "--" + option.name.replace("_", "-"), str(option.metadata["help"])
        if option.metadata["choices"]:
            text += f": {', '.join(option.metadata['choices'])}"
        if isinstance(option.default, bool):
            group.add_argument(flag, action="store_true", help=text)
        else:
            group.add_argument(flag, type=type(option.default), default=option.default, help=text)
