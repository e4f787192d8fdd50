"""Several processes, one training: what `accelerate launch manage.py retrain` starts on several GPUs."""

import os


def follows() -> bool:
    """Whether this is one of the further processes, which only lend a hand with the training."""
    return int(os.environ.get("RANK", "0")) > 0


def wait_for_all() -> None:
    """Until every process is here; at once where there is only this one."""
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        from accelerate import PartialState

        PartialState().wait_for_everyone()
