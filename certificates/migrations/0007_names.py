"""Whoever asks about a certificate writes the name in a way of their own: number and name are compared by name_key."""

from django.db import migrations

CERTIFICATE_FOR = """
CREATE OR REPLACE FUNCTION certificate_for(wanted_number text, wanted_name text)
RETURNS TABLE (token text, sheet text, state text, issued_at timestamptz, sha256 text, rendered_at timestamptz,
    ended_at timestamptz, ended_reason text, successor text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT c.token, c.sheet, c.state, c.issued_at, c.sha256, c.rendered_at, c.ended_at, c.ended_reason,
           coalesce(n.number, '')
    FROM certificates_certificate c LEFT JOIN certificates_certificate n ON n.id = c.superseded_by_id
    WHERE c.sha256 <> '' AND c.number = wanted_number AND {same} $$;
"""
PRINTED = "(c.sheet::jsonb ->> 'name')"


class Migration(migrations.Migration):
    dependencies = [("certificates", "0006_last_hop_wall"), ("organizations", "0009_names")]

    operations = [
        migrations.RunSQL(
            CERTIFICATE_FOR.format(
                same=f"name_key({PRINTED}) = name_key(wanted_name) AND name_key(wanted_name) <> ''"
            ),
            CERTIFICATE_FOR.format(same=f"{PRINTED} = wanted_name"),
        )
    ]
