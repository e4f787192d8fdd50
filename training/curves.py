"""Where one watches a training: on the run's page, in TensorBoard, and in the progress of its job."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from catalog.progress import Progress
from training.models import Run

Report = Callable[[int, int, dict[str, float]], None]


def log_folder(run: Run) -> Path:
    """Where TensorBoard finds the run: `tensorboard --logdir` on the folder above shows all of them."""
    return Path(settings.TENSORBOARD_DIR) / f"{run.task}-run-{run.pk}"


@contextmanager
def watched(run: Run, progress: Progress) -> Iterator[Report]:
    """What an architecture calls after each epoch; it raises Cancelled when asked to stop, as encoding in it does."""
    from torch.utils.tensorboard import SummaryWriter

    from training.encoders.base import heard_by

    def report(epoch: int, total: int, figures: dict[str, float]) -> None:
        if epoch == 1:
            progress.start(total, "epochs", "training")
        run.curves.append({"epoch": epoch, **figures})
        run.save(update_fields=["curves"])
        for name, value in figures.items():
            board.add_scalar(_tag(name), value, epoch)
        board.flush()
        progress.advance()

    def heard(done: int, total: int) -> None:
        progress.advance(0, encoded(done, total))

    with SummaryWriter(str(log_folder(run))) as board, heard_by(heard):
        yield report


def encoded(done: int, total: int) -> str:
    return _("%(done)s of %(total)s encoded") % {"done": f"{done:,}", "total": f"{total:,}"}


def _tag(name: str) -> str:
    """`train_loss` is `loss/train`, so that TensorBoard draws the parts of the split in one chart."""
    part, _, figure = name.partition("_")
    return f"{figure}/{part}"
