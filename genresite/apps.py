from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class GenresiteConfig(AppConfig):
    name = "genresite"
    default = True

    def ready(self) -> None:
        from genresite.celery import app  # noqa: F401  shared tasks need the application


class AdminConfig(admin_apps.AdminConfig):
    default = False  # among the configurations of this module
    default_site = "genresite.admin.Site"
