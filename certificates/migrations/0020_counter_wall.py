"""The counter of numbers only goes up, by exactly the numbers that were given or that are on record as lost."""

from django.db import migrations

COUNTER = """
CREATE FUNCTION number_counter_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.year <> OLD.year OR NEW.last < OLD.last THEN
        RAISE EXCEPTION 'a counter only goes up' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'a_counter_only_goes_up', TABLE = 'certificates_numbercounter';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER number_counter_guard BEFORE UPDATE OR DELETE ON certificates_numbercounter
    FOR EACH ROW EXECUTE FUNCTION number_counter_guard();

-- At the end of the transaction, as the owner: certificates of other bureaus count, too.
CREATE FUNCTION numbers_are_accounted_for() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    before integer := 0;
    given bigint;
    lost bigint;
BEGIN
    IF TG_OP = 'UPDATE' THEN before := OLD.last; END IF;
    SELECT count(*) INTO given FROM certificates_certificate
     WHERE number_year = NEW.year AND serial > before AND serial <= NEW.last;
    SELECT coalesce(sum(least(l.last, NEW.last) - greatest(l.first, before + 1) + 1), 0) INTO lost
      FROM certificates_lostnumbers l WHERE l.year = NEW.year AND l.last > before AND l.first <= NEW.last;
    IF given + lost <> NEW.last - before THEN
        RAISE EXCEPTION 'a number is given or on record as lost' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'numbers_are_accounted_for', TABLE = 'certificates_numbercounter';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER numbers_are_accounted_for AFTER INSERT OR UPDATE ON certificates_numbercounter
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION numbers_are_accounted_for();

CREATE FUNCTION certificate_was_counted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM certificates_numbercounter WHERE year = NEW.number_year AND last >= NEW.serial) THEN
        RAISE EXCEPTION 'a number comes from the counter' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'a_number_comes_from_the_counter', TABLE = 'certificates_certificate';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER certificate_was_counted AFTER INSERT ON certificates_certificate
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION certificate_was_counted();
"""
COUNTER_BACK = """
DROP TRIGGER certificate_was_counted ON certificates_certificate;
DROP TRIGGER numbers_are_accounted_for ON certificates_numbercounter;
DROP TRIGGER number_counter_guard ON certificates_numbercounter;
DROP FUNCTION certificate_was_counted();
DROP FUNCTION numbers_are_accounted_for();
DROP FUNCTION number_counter_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("certificates", "0007_names"), ("organizations", "0020_pinned_paths")]

    operations = [migrations.RunSQL(COUNTER, COUNTER_BACK)]
