"""The rules that the database keeps whoever writes: see catalog/models/label.py and user.py."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION catalog_change_set() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE id text := current_setting('genresite.change_set', true);
BEGIN
    IF id IS NULL OR id = '' THEN
        RAISE EXCEPTION 'labels change only inside a change set' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN id::bigint;
END $$;

-- The log: every change of a label, by whatever path it comes, exactly once.
CREATE FUNCTION catalog_log_labels() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO catalog_decision (change_set_id, film_id, term_id, before, before_source, before_origin,
            before_by_id, before_locked, after, after_source, after_origin, after_by_id, after_locked,
            shown_score, shown_version)
        SELECT (SELECT catalog_change_set()), n.film_id, n.term_id, '', '', '', NULL, false,
            n.value, n.source, n.origin, n.decided_by_id, n.locked, n.shown_score, n.shown_version FROM newer n;
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO catalog_decision (change_set_id, film_id, term_id, before, before_source, before_origin,
            before_by_id, before_locked, after, after_source, after_origin, after_by_id, after_locked,
            shown_score, shown_version)
        SELECT (SELECT catalog_change_set()), n.film_id, n.term_id, o.value, o.source, o.origin, o.decided_by_id, o.locked,
            n.value, n.source, n.origin, n.decided_by_id, n.locked, n.shown_score, n.shown_version
        FROM newer n JOIN older o ON o.id = n.id
        WHERE (o.value, o.source, o.origin, o.decided_by_id, o.locked)
            IS DISTINCT FROM (n.value, n.source, n.origin, n.decided_by_id, n.locked);
    ELSE
        INSERT INTO catalog_decision (change_set_id, film_id, term_id, before, before_source, before_origin,
            before_by_id, before_locked, after, after_source, after_origin, after_by_id, after_locked,
            shown_score, shown_version)
        SELECT (SELECT catalog_change_set()), o.film_id, o.term_id, o.value, o.source, o.origin, o.decided_by_id, o.locked,
            '', '', '', NULL, false, NULL, '' FROM older o;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER log_insert AFTER INSERT ON catalog_label REFERENCING NEW TABLE AS newer
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_log_labels();
CREATE TRIGGER log_update AFTER UPDATE ON catalog_label REFERENCING OLD TABLE AS older NEW TABLE AS newer
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_log_labels();
CREATE TRIGGER log_delete AFTER DELETE ON catalog_label REFERENCING OLD TABLE AS older
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_log_labels();

-- Film and term of a label exist, as a foreign key would have it, but checked once a statement instead of once a row:
-- an import writes a million labels. Their rows stay locked against deletion until the transaction ends.
CREATE FUNCTION catalog_check_label() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE films bigint; terms bigint;
BEGIN
    PERFORM FROM catalog_film WHERE id IN (SELECT film_id FROM newer) ORDER BY id FOR KEY SHARE;
    GET DIAGNOSTICS films = ROW_COUNT;
    PERFORM FROM catalog_term WHERE id IN (SELECT term_id FROM newer) ORDER BY id FOR KEY SHARE;
    GET DIAGNOSTICS terms = ROW_COUNT;
    IF films <> (SELECT count(*) FROM (SELECT DISTINCT film_id FROM newer) AS named)
        OR terms <> (SELECT count(*) FROM (SELECT DISTINCT term_id FROM newer) AS named) THEN
        RAISE EXCEPTION 'a label is of a film or term that is not there' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER check_insert AFTER INSERT ON catalog_label REFERENCING NEW TABLE AS newer
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_check_label();
CREATE TRIGGER check_update AFTER UPDATE ON catalog_label REFERENCING NEW TABLE AS newer
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_check_label();

-- And they stay for as long as a label or the log speaks of them.
CREATE FUNCTION catalog_keep_film() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM catalog_label WHERE film_id = OLD.id)
        OR EXISTS (SELECT FROM catalog_decision WHERE film_id = OLD.id) THEN
        RAISE EXCEPTION 'the log speaks of film %', OLD.id USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER keep_film BEFORE DELETE ON catalog_film FOR EACH ROW EXECUTE FUNCTION catalog_keep_film();
CREATE FUNCTION catalog_keep_term() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM catalog_label WHERE term_id = OLD.id)
        OR EXISTS (SELECT FROM catalog_decision WHERE term_id = OLD.id) THEN
        RAISE EXCEPTION 'the log speaks of term %', OLD.id USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER keep_term BEFORE DELETE ON catalog_term FOR EACH ROW EXECUTE FUNCTION catalog_keep_term();

-- A person beats a machine, for ever: only a person's change set touches a person's label.
CREATE FUNCTION catalog_guard_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM catalog_changeset WHERE id = catalog_change_set() AND kind <> 'import') THEN
        RAISE EXCEPTION 'a person decided film % term %: only a person may change it', OLD.film_id, OLD.term_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_person BEFORE UPDATE OR DELETE ON catalog_label
    FOR EACH ROW WHEN (OLD.source = 'person' OR OLD.locked) EXECUTE FUNCTION catalog_guard_person();

-- And no import passes itself off as a person.
CREATE TRIGGER guard_new_person BEFORE INSERT OR UPDATE ON catalog_label
    FOR EACH ROW WHEN (NEW.source = 'person') EXECUTE FUNCTION catalog_guard_new_person();

CREATE FUNCTION catalog_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON catalog_decision
    FOR EACH ROW EXECUTE FUNCTION catalog_refuse();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON catalog_changeset
    FOR EACH ROW EXECUTE FUNCTION catalog_refuse();

-- A site always has somebody who can administer it. One such change at a time, so that two admins who
-- demote each other at the same moment do not both succeed.
CREATE FUNCTION catalog_keep_an_admin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('catalog_user admins'));
    IF NOT EXISTS (SELECT 1 FROM catalog_user WHERE role = 'admin' AND is_active AND id <> OLD.id) THEN
        RAISE EXCEPTION 'the last admin stays' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_an_admin BEFORE UPDATE ON catalog_user FOR EACH ROW
    WHEN (OLD.role = 'admin' AND OLD.is_active AND NOT (NEW.role = 'admin' AND NEW.is_active))
    EXECUTE FUNCTION catalog_keep_an_admin();
CREATE TRIGGER keep_an_admin_undeleted BEFORE DELETE ON catalog_user FOR EACH ROW
    WHEN (OLD.role = 'admin' AND OLD.is_active) EXECUTE FUNCTION catalog_keep_an_admin();
"""
NEW_PERSON = """
CREATE FUNCTION catalog_guard_new_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM catalog_changeset WHERE id = catalog_change_set() AND kind <> 'import') THEN
        RAISE EXCEPTION 'only a person decides as a person' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""

BACKWARD = """
DROP TRIGGER keep_an_admin ON catalog_user;
DROP TRIGGER keep_an_admin_undeleted ON catalog_user;
DROP TRIGGER append_only ON catalog_changeset;
DROP TRIGGER append_only ON catalog_decision;
DROP TRIGGER guard_new_person ON catalog_label;
DROP TRIGGER guard_person ON catalog_label;
DROP TRIGGER keep_term ON catalog_term;
DROP TRIGGER keep_film ON catalog_film;
DROP TRIGGER check_update ON catalog_label;
DROP TRIGGER check_insert ON catalog_label;
DROP TRIGGER log_delete ON catalog_label;
DROP TRIGGER log_update ON catalog_label;
DROP TRIGGER log_insert ON catalog_label;
DROP FUNCTION catalog_keep_an_admin(), catalog_refuse(), catalog_guard_person(), catalog_guard_new_person(),
    catalog_keep_term(), catalog_keep_film(), catalog_check_label(), catalog_log_labels(), catalog_change_set();
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]
    operations = [migrations.RunSQL(NEW_PERSON + FORWARD, BACKWARD)]
