from django.apps import AppConfig


class GenresiteConfig(AppConfig):
    name = "genresite"

    def ready(self) -> None:
        from genresite.celery import app  # noqa: F401  shared tasks need the application
