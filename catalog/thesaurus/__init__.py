"""Changes of the vocabulary: adding, renaming, retiring and merging terms, guidelines and examples, and taking it back.

Every change is a row of TermChange with what was there before. Curators write guidelines and give examples; all else
is for admins. Whoever changes terms takes `edits.hold_vocabulary` first, so that two changes never cross.
"""
