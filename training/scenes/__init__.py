"""Scene genres: from two frames that follow each other to the kind of film that they are from.

Frames of one film look alike. Everything here is split by film, never by frame: data.ScenePairs refuses anything else.
"""
