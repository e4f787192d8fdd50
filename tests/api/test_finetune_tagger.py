"""Teaching the tagger over HTTP."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from catalog.models import Job, User

pytestmark = pytest.mark.django_db
PATH = "/api/finetune-tagger/"


def test_teaching_is_a_job(as_admin: APIClient, admin: User) -> None:
    asked = {"model": "llava-hf/llava-1.5-7b-hf", "rank": 64, "size": "180x90", "tags_per_prompt": 3}
    answer = as_admin.post(PATH, {**asked, "created_by": 99})
    assert answer.status_code == 202, answer.data
    job = Job.objects.get()
    assert (job.task, job.queue, job.created_by) == ("training.finetune_tagger", "gpu", admin)
    assert job.params == asked and answer["Location"] == f"/api/jobs/{job.pk}/"


@pytest.mark.parametrize(
    "options",
    [
        {}, {"model": ""}, {"model": "m", "rank": 0}, {"model": "m", "rank": "x"}, {"model": "m", "size": "big"},
        {"model": "m", "learning_rate": 2}, {"model": "m", "learning_rate": "nan"}, {"model": "m", "split": "random"},
        {"model": "m", "seed": -1}, {"model": ["m"]}, [], "m",
    ],
)  # fmt: skip
def test_options_that_cannot_be_used(options: Any, as_admin: APIClient) -> None:
    answer = as_admin.post(PATH, options)
    assert answer.status_code == 400, answer.data
    assert not Job.objects.exists()
