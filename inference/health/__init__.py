"""How well the labels are doing: what is covered, what is probably wrong, how far people agree, what to do next."""
