"""Cells of CSV files that a spreadsheet will open: text there must never become a formula."""

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")


def inert(text: str) -> str:
    """The text with a leading apostrophe where a spreadsheet would compute it; `original` takes it away again.

    A text that itself begins with an apostrophe before such a character gets one more, so that no text is lost.
    """
    return f"'{text}" if text.lstrip("'").startswith(_STARTS) else text


def original(text: str) -> str:
    """What was written as this cell by `inert`."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(_STARTS) else text
