"""The second wall of notices: read by the person alone, written by whoever has that person's case before them."""

from django.conf import settings
from django.db import migrations

from organizations.walls import ME_PERSON, SYSTEM, protect, revoke, unprotect

# Nobody writes to a stranger: the case must be the addressee's, and visible to the writer.
WRITTEN_BY = f"""{SYSTEM} OR person_id = {ME_PERSON} OR (subject = 'application' AND EXISTS (
    SELECT FROM applications_application a
    WHERE a.id = organizations_notice.subject_id AND a.person_id = organizations_notice.person_id))"""
READ_ONLY_ONE_COLUMN = f"""
REVOKE UPDATE ON organizations_notice FROM {settings.RUNTIME_ROLE};
GRANT UPDATE (read_at) ON organizations_notice TO {settings.RUNTIME_ROLE};
"""


class Migration(migrations.Migration):
    dependencies = [("applications", "0008_rerouting"), ("organizations", "0003_notices")]

    operations = [
        migrations.RunSQL(
            protect(
                "organizations_notice",
                select=f"person_id = {ME_PERSON} OR {SYSTEM}",
                insert=WRITTEN_BY,
                update=f"person_id = {ME_PERSON}",
            )
            + READ_ONLY_ONE_COLUMN
            + revoke("organizations_notice", "DELETE"),
            unprotect("organizations_notice", "select", "insert", "update"),
        )
    ]
