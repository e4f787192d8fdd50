"""Backup and restore of a whole site, and the dump that is taken before its tables change.

A backup is one tar file: a dump of the database, the files that the database names, the key, and a manifest with the
SHA-256 of each. Left out, since it can be made again or is worth something only for minutes: static files, heat maps,
exports, logs, TensorBoard curves, checkpoints of trainings that are under way, uploads and imports that have not been
taken in, and the counts of rate limits. Vectors and predictions are kept: they stand in the database, and making them
anew would leave a restored site without search for hours.

    contents.py    what belongs to a backup, and its manifest
    database.py    pg_dump, pg_restore, and databases beside ours
    writing.py     `manage.py backup`
    reading.py     nothing is believed that is not verified
    restoring.py   `manage.py restore`: into a fresh database and fresh folders, then
    switching.py   everything at once, or nothing
    upgrades.py    before migrations
"""


class BackupError(Exception):
    """It cannot be done, and nothing has changed; the message is one sentence that says why and what to do."""
