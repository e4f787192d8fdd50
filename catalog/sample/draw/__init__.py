"""Posters of the sample catalogue, drawn by code: `python -m catalog.sample.draw`."""
