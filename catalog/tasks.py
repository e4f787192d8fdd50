"""Doors for Celery: each finds the job's row and calls the function that does the work."""

from celery import shared_task

from catalog import jobs


@shared_task(name="catalog.send_waiting_jobs")
def send_waiting_jobs_task() -> int:
    return jobs.send_waiting()
