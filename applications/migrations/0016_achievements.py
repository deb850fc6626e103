"""An achievement may have several keys, with a blank between: two claims are of the same one when they share a key.

The person's own activities are few, so they are compared after the person, and no index is asked.
"""

from importlib import import_module

from django.db import migrations

_, _, BODY = import_module("applications.migrations.0010_achievements").ELSEWHERE.partition(
    "CREATE FUNCTION achievement_elsewhere"
)
FUNCTION = "CREATE OR REPLACE FUNCTION achievement_elsewhere" + BODY.partition("CREATE FUNCTION")[0]
EQUAL = "other.achievement = mine.achievement"
SHARED = "string_to_array(other.achievement, ' ') && string_to_array(mine.achievement, ' ')"


class Migration(migrations.Migration):
    dependencies = [("applications", "0015_id_kinds")]

    operations = [migrations.RunSQL(FUNCTION.replace(EQUAL, SHARED), FUNCTION)]
