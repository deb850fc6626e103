"""Cases are found by the keys of names that name_key answers, and under every reading of their hanzi.

`pinyin` and `initials` hold one spelling or several, with a blank between. The former keys of a case are taken out
by the former function too, until `manage.py recompute` has been over all of them. Names that hold a character
which the former function did not fold get their keys here: nothing else would touch them.
"""

from django.db import migrations

KEYS = """
ALTER FUNCTION name_search_keys(text, text, text) RENAME TO name_search_keys_1;
CREATE FUNCTION name_search_keys(name text, pinyin text, initials text) RETURNS SETOF text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT DISTINCT key FROM (
        SELECT substr(plain, at, 2) AS key
        FROM (SELECT name_key(name) AS plain) AS p, generate_series(1, char_length(plain)) AS at
        UNION ALL SELECT unnest(string_to_array(pinyin, ' ')) UNION ALL SELECT unnest(string_to_array(initials, ' '))
    ) AS k
    WHERE key <> ''
$$;

CREATE OR REPLACE FUNCTION application_is_renamed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    DELETE FROM review_namekey n
    USING applications_participant p, (
        SELECT name_search_keys(OLD.name, OLD.pinyin, OLD.initials)
        UNION SELECT name_search_keys_1(OLD.name, OLD.pinyin, OLD.initials)) AS former (key)
    WHERE p.application_id = OLD.id AND p.unit_id = n.unit_id AND n.key = former.key AND n.application_id = OLD.id;
    INSERT INTO review_namekey (unit_id, key, application_id)
    SELECT p.unit_id, key, NEW.id
    FROM applications_participant p, name_search_keys(NEW.name, NEW.pinyin, NEW.initials) AS key
    WHERE p.application_id = NEW.id AND p.unit_id IS NOT NULL
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
"""
FOLDED = """
CREATE TEMPORARY TABLE folded ON COMMIT DROP AS
SELECT id, name, pinyin, initials FROM applications_application
WHERE name_key(name) <> lower(translate(name, E' \\t\\u3000·•・.．-', '') COLLATE "C");
DELETE FROM review_namekey n
USING folded f, applications_participant p, name_search_keys_1(f.name, f.pinyin, f.initials) AS former
WHERE p.application_id = f.id AND n.unit_id = p.unit_id AND n.key = former AND n.application_id = f.id;
INSERT INTO review_namekey (unit_id, key, application_id)
SELECT p.unit_id, key, f.id
FROM folded f JOIN applications_participant p ON p.application_id = f.id,
     name_search_keys(f.name, f.pinyin, f.initials) AS key
WHERE p.unit_id IS NOT NULL
ON CONFLICT DO NOTHING;
"""


class Migration(migrations.Migration):
    dependencies = [("review", "0003_list_settings"), ("organizations", "0009_names")]

    operations = [migrations.RunSQL(KEYS), migrations.RunSQL(FOLDED)]
