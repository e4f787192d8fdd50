"""Tags from frames: taggers, what they said, and what search and pages make of it."""
