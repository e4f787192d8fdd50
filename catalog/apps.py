from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CatalogConfig(AppConfig):
    name = "catalog"

    def ready(self) -> None:
        from catalog.terms import load_default_terms

        # After every migration, not in one: an emptied database (tests, a restore) gets its terms again.
        post_migrate.connect(load_default_terms, sender=self)
