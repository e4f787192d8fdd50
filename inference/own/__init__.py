"""One person's own work: pace, history, and what has come of it."""
