"""Whether a case may be handed on is answered to whoever would do it, and to nobody about another."""

from django.db import migrations

from organizations.walls import ME_PERSON, ME_UNIT

FUNCTION = """
CREATE OR REPLACE FUNCTION application_may_be_handed_on(wanted uuid, wanted_version integer, holder uuid,
                                                        by_unit uuid, by_person uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT {asked} EXISTS (SELECT FROM applications_application a
        WHERE a.id = wanted AND a.state IN ('employer_review', 'department_review', 'bureau_review')
          AND a.version + 1 = wanted_version AND a.current_unit_id = holder AND a.person_id <> by_person
          AND unit_cures(by_unit, holder))
$$;
"""
FOR_ONESELF = f"coalesce((by_unit, by_person) = ({ME_UNIT}, {ME_PERSON}), false) AND"


class Migration(migrations.Migration):
    dependencies = [("applications", "0070_desk_by_unit")]

    operations = [migrations.RunSQL(FUNCTION.format(asked=FOR_ONESELF), FUNCTION.format(asked=""))]
