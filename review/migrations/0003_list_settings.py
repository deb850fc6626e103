"""The preferences of a list get a plain name in the code; the table keeps its own."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("review", "0002_search")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameModel("ListLook", "ListSettings"),
                migrations.AlterModelTable("listsettings", "review_listlook"),
            ]
        )
    ]
