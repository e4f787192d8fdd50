"""Titles found by their words without accents, spaces and signs: catalog/models/titles.py and catalog/search/typed.py."""

import django.contrib.postgres.indexes
from django.db import migrations, models

import catalog.models.titles

FORWARD = r"""
-- Words without accents, case and signs, with one space between them.
CREATE FUNCTION catalog_folded(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT normalize(trim(regexp_replace(translate(replace(replace(replace(
        regexp_replace(normalize(lower($1), NFKD), '[\u0300-\u036f]', '', 'g'),
        'æ', 'ae'), 'œ', 'oe'), 'ß', 'ss'), 'øłđħı''’`´', 'oldhi'), '[^[:alnum:]]+', ' ', 'g')), NFC)
$$;

CREATE FUNCTION catalog_squeezed(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path FROM CURRENT AS $$ SELECT replace(catalog_folded($1), ' ', '') $$;

-- Korean syllables as their initial consonants.
CREATE FUNCTION catalog_initials(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT string_agg(CASE WHEN ascii(letter) BETWEEN 44032 AND 55203
        THEN substr('ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ', (ascii(letter) - 44032) / 588 + 1, 1) ELSE letter END, '' ORDER BY place)
    FROM unnest(string_to_array($1, NULL)) WITH ORDINALITY AS one (letter, place)
$$;

-- What follows from each word on, without spaces: a prefix of one of these is what people type. Korean compounds are
-- written as one word: there it follows from each syllable on, and by initial consonants from each word on.
CREATE FUNCTION catalog_title_starts(titles text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path FROM CURRENT AS $$
DECLARE title text; words text[]; rest text; place int; letter int; starts text[] := '{}';
BEGIN
    FOREACH title IN ARRAY string_to_array(titles, chr(31)) LOOP
        words := string_to_array(catalog_folded(title), ' ');
        FOR place IN 1 .. cardinality(words) LOOP
            rest := array_to_string(words[place:], '');
            starts := starts || left(rest, 24);
            IF words[place] ~ '[가-힣]' THEN
                starts := starts || catalog_initials(left(rest, 24));
                FOR letter IN 2 .. length(words[place]) LOOP
                    starts := starts || left(substr(rest, letter), 24);
                END LOOP;
            END IF;
        END LOOP;
    END LOOP;
    RETURN array_to_tsvector(array_remove(starts, ''));
END $$;
"""
BACKWARD = """
DROP FUNCTION catalog_title_starts(text);
DROP FUNCTION catalog_initials(text);
DROP FUNCTION catalog_squeezed(text);
DROP FUNCTION catalog_folded(text);
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0005_desk_and_search")]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.CreateModel(
            name="TitleWord",
            fields=[
                ("word", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("films", models.PositiveIntegerField()),
            ],
        ),
        migrations.AddIndex(
            model_name="film",
            index=django.contrib.postgres.indexes.GinIndex(
                catalog.models.titles.TitleStarts("titles"), name="film_title_starts"
            ),
        ),
        migrations.AddIndex(
            model_name="film",
            index=models.Index(catalog.models.titles.Squeezed("title"), "id", name="film_title_squeezed"),
        ),
        migrations.AddIndex(
            model_name="film",
            index=models.Index(
                catalog.models.titles.Squeezed("title_ko"),
                "id",
                condition=models.Q(("title_ko", ""), _negated=True),
                name="film_title_ko_squeezed",
            ),
        ),
    ]
