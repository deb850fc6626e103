"""Names are compared by one key, which the database computes as cehours.lib.names.key does.

The function's body is written out, because what it answers is stored: a later rule is a later migration. It needs
no table, so that queries under row-level security may call it.
"""

from django.db import migrations, models

import organizations.models.name_key

# Hanzi for the radicals' code points; then accents off, whatever nobody means, lower case, letters without accents.
# pg_c_utf8 is PostgreSQL's own and the same on every machine.
RADICALS = (
    "⺀⺁⺂⺃⺄⺅⺆⺇⺈⺉⺊⺋⺌⺍⺎⺏⺐⺑⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺟⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺵⺶⺷⺸⺹⺺"
    "⺻⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳"
)
HANZI = (
    "冫厂乛乚乙亻冂几刀刂卜㔾小小兀尣尢尢巳幺彑彐忄㣺扌攵旡日月歺母民氵氺灬爫爫丬牛犭王疋目示礻竹糹纟罓罒"
    "㓁罒网羊羊羋耂肀聿肉臼艹艹艹虎衤覀西见角𧢲讠贝足车辶辶辶邑钅長镸长门阜阝雨青韦页风飞食飠飠饣首马骨鬼"
    "鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟"
)
DROPPED = (
    r"\u0300-\u036F\u0009-\u000D \u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u2800\u3000\u3164"
    r"\u00AD\u061C\u180B-\u180E\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFE00-\uFE0F\uFEFF\U000E0001-\U000E007F\U000E0100-\U000E01EF"
    r""".,_\u00B7\u2022\u2027\u30FB\u22C5\u2219\u25CF\uA78F\u2E31\u1427\u16EB\u002D\u2010-\u2015\u2212\u30A0''`\u00B4\u2018-\u201F\u2032\u02B9\u02BB-\u02BD\u02C8()\u005B\u005D{}<>"\u3008-\u3011\u3014-\u301B\u00AB\u00BB"""
)
NAME_KEY = f"""
CREATE FUNCTION name_key(name text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
    SELECT replace(replace(replace(replace(translate(lower(normalize(regexp_replace(
        normalize(translate(name, '{RADICALS}', '{HANZI}'), NFKD) COLLATE "C",
        '[{DROPPED}]+', '', 'g'), NFC) COLLATE "pg_c_utf8"),
        'łøđðıħŧ', 'loddiht'), 'æ', 'ae'), 'œ', 'oe'), 'ß', 'ss'), 'þ', 'th')
$$;
"""
# A new installation has no rows to compute anew.
VERSIONS = """
UPDATE organizations_storedkeys SET version = 2
 WHERE (name = 'units.search_names' AND NOT EXISTS (SELECT FROM organizations_unit))
    OR (name LIKE 'applications.%' AND NOT EXISTS (SELECT FROM organizations_person));
INSERT INTO organizations_storedkeys (name, version, after, finished_at)
SELECT 'people.names', 1, '', now() WHERE NOT EXISTS (SELECT FROM organizations_person);
"""


def id_kinds():
    return [
        ("resident", "居民身份证"),
        ("residence", "港澳台居民居住证"),
        ("passport", "护照"),
        ("hk_macao", "港澳居民来往内地通行证"),
        ("taiwan", "台湾居民来往大陆通行证"),
        ("permanent", "外国人永久居留身份证"),
    ]


class Migration(migrations.Migration):
    dependencies = [("organizations", "0008_channels")]

    operations = [
        migrations.RunSQL(NAME_KEY, "DROP FUNCTION name_key(text);"),
        migrations.AddField(
            "unit",
            "name_key",
            models.GeneratedField(
                db_persist=True,
                expression=organizations.models.name_key.NameKey("name"),
                output_field=models.TextField(db_collation="C"),
            ),
        ),
        migrations.AddField(
            "person",
            "spelling",
            models.CharField("证件上的写法", max_length=60, blank=True, default=""),
            preserve_default=False,
        ),
        # For processes of the former release, which do not name the column. Django's own db_default would ask for
        # the new row back, and whoever registers does not see it yet.
        migrations.RunSQL(
            "ALTER TABLE organizations_person ALTER COLUMN spelling SET DEFAULT '';", migrations.RunSQL.noop
        ),
        migrations.AlterField(
            "person", "id_kind", models.CharField("证件类型", max_length=20, choices=id_kinds())
        ),
        migrations.AlterField(
            "datarequest",
            "id_kind",
            models.CharField("登记的证件类型", max_length=20, choices=id_kinds(), blank=True),
        ),
        migrations.AlterField(
            "datarequest",
            "wanted_id_kind",
            models.CharField("更正为证件类型", max_length=20, choices=id_kinds(), blank=True),
        ),
        migrations.RunSQL(VERSIONS, migrations.RunSQL.noop),
    ]
