"""The sample catalogue: films, terms and poster art of our own making."""
