"""What `accelerate launch` starts on several GPUs, here as two processes on a CPU by what it calls itself."""

import json
import re
import subprocess
import sys

import pytest

from tests.genresite.running import ROOT, environment, free_port
from training import distributed


@pytest.mark.worker
def test_two_processes_share_the_films_and_end_with_the_same_weights() -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "torch.distributed.run", "--nproc_per_node", "2"),
            *("--master_port", str(free_port()), "-m", "tests.training.two_processes"),
        ],
        cwd=ROOT,
        env=environment(OMP_NUM_THREADS=1, ACCELERATE_USE_CPU="true", GLOO_SOCKET_IFNAME="lo"),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    first, second = (json.loads(said) for said in re.findall(r"\{[^{}]*\}", done.stdout))
    assert first["weights"] == second["weights"]
    assert first["seen"] == second["seen"] == 3 * 50  # half of 100: all see the same number


@pytest.mark.parametrize(("rank", "follows"), [("0", False), ("1", True), (None, False)])
def test_only_the_first_process_keeps_the_books(
    rank: str | None, follows: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RANK", raising=False)
    if rank is not None:
        monkeypatch.setenv("RANK", rank)
    assert distributed.follows() is follows
    distributed.wait_for_all()  # alone: at once
