"""What an account does not want to be told of its units' work."""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("organizations", "0031_event_transactions")]

    operations = [
        migrations.AddField(
            "user", "muted", ArrayField(models.CharField(max_length=20), default=list, editable=False)
        )
    ]
