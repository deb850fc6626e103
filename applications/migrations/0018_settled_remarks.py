"""已处理: a remark of a refusal that needs no change of its year."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("applications", "0017_ties")]

    operations = [
        migrations.AddField("yearentry", "settled", models.UUIDField(null=True, editable=False)),
    ]
