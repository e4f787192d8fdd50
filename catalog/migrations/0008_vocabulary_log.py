"""The vocabulary's log refuses UPDATE and DELETE, as the log of labels does (migration 0002)."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON catalog_termchange
    FOR EACH ROW EXECUTE FUNCTION catalog_refuse();
"""
BACKWARD = "DROP TRIGGER append_only ON catalog_termchange;"


class Migration(migrations.Migration):
    dependencies = [("catalog", "0007_touched")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
