"""Second factors: their owner's alone; who keeps a member can put them back to nothing. Devices name the one shown."""

from django.db import migrations, models

from organizations.walls import ME_UNIT, ME_USER, protect, unprotect

MINE = f"user_id = {ME_USER}"

# Whether the acting administrator keeps the members of a unit that this account works for: the own unit, or one that
# the own bureau keeps (organizations.registry.kept.units_kept_by).
KEEPS_MEMBER = f"""
CREATE FUNCTION keeps_member(colleague bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM organizations_membership mine
        JOIN organizations_unit own ON own.id = mine.unit_id
        JOIN organizations_membership theirs ON theirs.user_id = colleague
        JOIN organizations_unit kept ON kept.id = theirs.unit_id
        WHERE mine.user_id = {ME_USER} AND mine.unit_id = {ME_UNIT} AND mine.role = 'admin' AND own.active
          AND (kept.id = own.id
               OR own.bureau_level = 'province' AND left(kept.region_id, 2) = left(own.region_id, 2)
               OR own.bureau_level IN ('city', 'county') AND kept.bureau_level = ''
                  AND kept.affiliation IN ('city', 'none')
                  AND left(kept.region_id, CASE own.bureau_level WHEN 'city' THEN 4 ELSE 6 END)
                    = left(own.region_id, CASE own.bureau_level WHEN 'city' THEN 4 ELSE 6 END)))
$$;
"""  # noqa: S608 -- no input

# Takes a colleague's second factors away and ends where they are signed in; returns the keys of those sessions, which
# the cache holds as well.
RESET = """
CREATE FUNCTION reset_second_factor(colleague bigint) RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT keeps_member(colleague) THEN
        RAISE EXCEPTION 'only who keeps an account''s unit resets its second factor'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    DELETE FROM mfa_authenticator WHERE user_id = colleague;
    DELETE FROM django_session s USING organizations_device d
        WHERE d.user_id = colleague AND s.session_key = d.session_key;
    RETURN QUERY DELETE FROM organizations_device WHERE user_id = colleague RETURNING session_key::text;
END $$;
"""

# Which members of a unit have one, for those who keep them: a yes, and nothing of the rows.
HAVE = """
CREATE FUNCTION members_with_second_factor(wanted uuid) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT m.user_id FROM organizations_membership m
    WHERE m.unit_id = wanted AND keeps_member(m.user_id)
      AND EXISTS (SELECT FROM mfa_authenticator a WHERE a.user_id = m.user_id AND a.type <> 'recovery_codes')
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0050_muted_work"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("sessions", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="device",
            name="factor",
            field=models.CharField(
                blank=True,
                choices=[
                    ("totp", "动态验证码"),
                    ("webauthn", "安全密钥"),
                    ("recovery_codes", "备用码"),
                    ("platform", "平台验证"),
                ],
                db_default="",
                default="",
                max_length=20,
                verbose_name="二次验证",
            ),
        ),
        migrations.RunSQL(
            protect("mfa_authenticator", select=MINE, insert=MINE, update=MINE, delete=MINE),
            unprotect("mfa_authenticator", "select", "insert", "update", "delete"),
        ),
        migrations.RunSQL(
            KEEPS_MEMBER + RESET + HAVE,
            "DROP FUNCTION members_with_second_factor(uuid); DROP FUNCTION reset_second_factor(bigint);"
            " DROP FUNCTION keeps_member(bigint);",
        ),
    ]
