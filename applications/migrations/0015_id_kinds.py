"""港澳台居民居住证 stands in the list of documents."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("applications", "0014_header_labels")]

    operations = [
        migrations.AlterField(
            "application",
            "id_kind",
            models.CharField(
                max_length=20,
                choices=[
                    ("resident", "居民身份证"),
                    ("residence", "港澳台居民居住证"),
                    ("passport", "护照"),
                    ("hk_macao", "港澳居民来往内地通行证"),
                    ("taiwan", "台湾居民来往大陆通行证"),
                    ("permanent", "外国人永久居留身份证"),
                ],
            ),
        ),
    ]
