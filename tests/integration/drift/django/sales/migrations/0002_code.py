from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sales", "0001_initial")]

    operations = [
        migrations.AddField("order", "code", models.CharField(max_length=9, null=True)),
        migrations.RunSQL("CREATE FUNCTION next_code() RETURNS text LANGUAGE sql AS 'SELECT ''a'''"),
    ]
