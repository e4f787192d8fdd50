"""Train architectures on the same films and put them side by side; no version is made."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from dataclasses import fields
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.progress import Console
from training.architectures import ARCHITECTURES
from training.comparing import compare
from training.ledger import Ledger, OtherFilms, read
from training.management.arguments import add_training_arguments
from training.models import Task
from training.options import BadOption, RetrainOptions
from training.plans import Plan
from training.reports import write_report
from training.snapshot import NotEnoughLabels

EXAMPLES = """\
Architectures have commas between them, and options of their own after colons:

  compare_models genres --architectures heads,late,resnet50:finetune=all:size=96 --seeds 3 \\
      --json compare.json --html compare.html

The same options without a row's name before them are meant for all rows: --epochs 5. Only what differs from row to
row stands in the list; `label=...` names a row. An architecture with published weights takes --weights with a folder
that `transformers` has saved; a folder with a tiny config gives a tiny network of the same class, which is how the
tests train every architecture in minutes (tests/training/tiny.py makes such folders).

With --json the comparison may be stopped at any time: the same command goes on where it was, and rows of an earlier
comparison on the same films stay in the table. Rows that failed are tried again. Without --architectures the report
is written anew from the file.
"""


class Command(BaseCommand):
    help = "Train architectures on the same films, judge them on the same test films, and show them in one table."

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        options |= {"epilog": EXAMPLES, "formatter_class": RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **options)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("task", choices=[str(task.value) for task in Task])
        parser.add_argument(
            "--architectures",
            default="",
            metavar="A,B,C",
            help=f"all, or some of {', '.join(ARCHITECTURES)}; see below",
        )
        parser.add_argument("--seeds", type=int, default=1, help="how often each is trained, from another start")
        parser.add_argument("--films", type=int, default=0, help="at most so many films, always the same; 0 is all")
        parser.add_argument("--fresh", action="store_true", help="forget what the file of --json holds")
        parser.add_argument("--json", type=Path, metavar="FILE", help="keep the figures here, and go on from there")
        parser.add_argument("--html", type=Path, metavar="FILE", help="write the report here, as one file")
        add_training_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        content = self._compared(options) if options["architectures"] else read(options["json"] or Path())
        if content is None:
            raise CommandError("Name --architectures, or a --json file that holds a comparison.", returncode=2)
        if options["html"]:
            write_report(content, options["html"])
        self._tell(content)

    def _compared(self, options: dict[str, Any]) -> dict[str, Any]:
        names = {option.name for option in fields(RetrainOptions)} - {"architecture", "seed", "promote", "force"}
        asked = options["architectures"]
        progress = Console(self.stderr.write)
        try:
            plan = Plan.of(
                {
                    "architectures": ",".join(ARCHITECTURES) if asked == "all" else asked,
                    "seeds": options["seeds"],
                    "films": options["films"],
                    "options": {name: options[name] for name in names},
                }
            )
            return compare(plan, progress, Ledger(options["json"]), fresh=options["fresh"])
        except (BadOption, NotEnoughLabels, OtherFilms) as error:
            raise CommandError(str(error), returncode=2) from error
        finally:
            progress.close()

    def _tell(self, content: dict[str, Any]) -> None:
        """The headline figures, best first."""
        names = ("micro_f1", "macro_f1", "samples_f1", "map", "top3_share")
        self.stdout.write(f"{'':<34}" + "".join(f"{name:>12}" for name in names))
        rows = [row for row in content["rows"] if row["state"] == "done"]
        for row in sorted(rows, key=lambda row: -row["figures"]["micro_f1"]["value"]):
            self._line(row["label"], row["figures"], names)
        for reference in content.get("references", []):
            self._line(reference["id"], reference["figures"], names)
        for row in content["rows"]:
            if row["state"] == "failed":
                self.stdout.write(f"{row['label']}: {row['reason']}")

    def _line(self, label: str, figures: dict[str, Any], names: tuple[str, ...]) -> None:
        self.stdout.write(f"{label[:33]:<34}" + "".join(f"{figures[name]['value']:>12.3f}" for name in names))
