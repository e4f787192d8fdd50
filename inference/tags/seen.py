"""What taggings of frames have found, for search: read with every refresh, so it loads no torch."""

from collections.abc import Sequence

import numpy as np
from django.conf import settings
from django.db import connection

from catalog.scores import Appearances

# A film's latest tagging speaks for it: an older one, by a tagger that was replaced, would never fall silent.
_LATEST = """
SELECT said.film_id, term.id, least(1, appeared.times::float8 / said.frames)
FROM (
    SELECT DISTINCT ON (film_id) film_id, frames, counts FROM inference_tagging
    WHERE film_id = ANY(%s) AND frames > 0 ORDER BY film_id, tagged_at DESC, id DESC
) AS said
CROSS JOIN LATERAL jsonb_each_text(said.counts) AS appeared (slug, times)
JOIN catalog_term AS term ON term.kind = 'tag' AND term.slug = appeared.slug AND term.active
WHERE appeared.times::float8 >= %s * said.frames
ORDER BY said.film_id, term.id
"""


def frame_tags(film_ids: Sequence[int]) -> Appearances:
    """Tags that appear in enough of a film's frames, as its latest tagging says, with the share of the frames."""
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, [list(film_ids), settings.TAG_MIN_SHARE])
        rows = cursor.fetchall()
    films, terms, shares = zip(*rows, strict=True) if rows else ((), (), ())
    return Appearances(np.array(films, np.int64), np.array(terms, np.int64), np.array(shares, np.float64))
