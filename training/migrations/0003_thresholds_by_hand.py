"""Thresholds set by hand, with a log that refuses UPDATE and DELETE, as the log of labels does (catalog 0002)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON training_cut
    FOR EACH ROW EXECUTE FUNCTION catalog_refuse();
"""
BACKWARD = "DROP TRIGGER append_only ON training_cut;"


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0002_guards"),
        ("training", "0002_footage"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="modelversion",
            name="revision",
            field=models.PositiveIntegerField(default=0, help_text="rises whenever a threshold is set by hand"),
        ),
        migrations.CreateModel(
            name="Cut",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("term", models.SlugField(db_index=False, max_length=60)),
                ("before", models.FloatField()),
                ("after", models.FloatField()),
                ("reason", models.CharField(max_length=300)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cuts",
                        to="training.modelversion",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("after__gte", 0), ("after__lte", 1)), name="threshold_is_a_share"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="a_threshold_has_a_reason"
                    ),
                ],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
