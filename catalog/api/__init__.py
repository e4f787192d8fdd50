"""The catalogue over HTTP for programs. The views call the functions that the pages call."""
