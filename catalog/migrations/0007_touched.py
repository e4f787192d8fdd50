"""Which films have changed since their postings were made: catalog/search/postings.py."""

from django.db import migrations, models

FORWARD = """
-- Rows of one film each: whatever is written, added or removed, its film is looked at anew.
CREATE FUNCTION catalog_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO catalog_touched (film_id) SELECT DISTINCT film_id FROM changed;
    RETURN NULL;
END $$;
CREATE TRIGGER touch_insert AFTER INSERT ON catalog_filmterm REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch();
CREATE TRIGGER touch_update AFTER UPDATE ON catalog_filmterm REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch();
CREATE TRIGGER touch_delete AFTER DELETE ON catalog_filmterm REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch();
CREATE TRIGGER touch_insert AFTER INSERT ON catalog_review REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch();
CREATE TRIGGER touch_update AFTER UPDATE ON catalog_review REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch();
CREATE TRIGGER touch_delete AFTER DELETE ON catalog_review REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch();
CREATE TRIGGER touch_insert AFTER INSERT ON catalog_clip REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch();
CREATE TRIGGER touch_delete AFTER DELETE ON catalog_clip REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch();

-- Of labels search knows, beside what becomes of them, whether a person has said anything.
CREATE FUNCTION catalog_touch_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO catalog_touched (film_id) SELECT DISTINCT film_id FROM changed WHERE source = 'person';
    RETURN NULL;
END $$;
CREATE TRIGGER touch_insert AFTER INSERT ON catalog_label REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_decided();
CREATE TRIGGER touch_update_to AFTER UPDATE ON catalog_label REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_decided();
CREATE TRIGGER touch_update_from AFTER UPDATE ON catalog_label REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_decided();
CREATE TRIGGER touch_delete AFTER DELETE ON catalog_label REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_decided();

CREATE FUNCTION catalog_touch_films() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO catalog_touched (film_id) SELECT id FROM changed;
    RETURN NULL;
END $$;
CREATE TRIGGER touch_insert AFTER INSERT ON catalog_film REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_films();
CREATE TRIGGER touch_delete AFTER DELETE ON catalog_film REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_touch_films();

-- A decision makes a new revision of its film: that alone is nothing to search, and costs a comparison.
CREATE FUNCTION catalog_touch_film() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO catalog_touched (film_id) VALUES (NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER touch_update AFTER UPDATE ON catalog_film FOR EACH ROW
    WHEN (OLD.year IS DISTINCT FROM NEW.year OR OLD.language <> NEW.language OR OLD.published <> NEW.published
        OR (OLD.poster_sha256 = '') <> (NEW.poster_sha256 = '')
        OR (OLD.plot = '' AND OLD.plot_ko = '') <> (NEW.plot = '' AND NEW.plot_ko = ''))
    EXECUTE FUNCTION catalog_touch_film();

-- Bits are read in great numbers and whole: as they are, and the weights out of their way.
ALTER TABLE catalog_posting ALTER films SET STORAGE PLAIN, ALTER weights SET STORAGE EXTERNAL;

INSERT INTO catalog_touched (film_id) SELECT id FROM catalog_film ORDER BY id;
"""
BACKWARD = """
DROP TRIGGER touch_update ON catalog_film;
DROP TRIGGER touch_delete ON catalog_film;
DROP TRIGGER touch_insert ON catalog_film;
DROP TRIGGER touch_delete ON catalog_label;
DROP TRIGGER touch_update_from ON catalog_label;
DROP TRIGGER touch_update_to ON catalog_label;
DROP TRIGGER touch_insert ON catalog_label;
DROP TRIGGER touch_delete ON catalog_clip;
DROP TRIGGER touch_insert ON catalog_clip;
DROP TRIGGER touch_delete ON catalog_review;
DROP TRIGGER touch_update ON catalog_review;
DROP TRIGGER touch_insert ON catalog_review;
DROP TRIGGER touch_delete ON catalog_filmterm;
DROP TRIGGER touch_update ON catalog_filmterm;
DROP TRIGGER touch_insert ON catalog_filmterm;
DROP FUNCTION catalog_touch_film(), catalog_touch_films(), catalog_touch_decided(), catalog_touch();
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0006_title_words")]
    operations = [
        migrations.AddIndex(model_name="posting", index=models.Index(fields=["block"], name="posting_by_block")),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
