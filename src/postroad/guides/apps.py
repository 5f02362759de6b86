"""The room of guides, and what begins with it."""

from django.apps import AppConfig


class GuidesConfig(AppConfig):
    name = "postroad.guides"

    def ready(self) -> None:
        from postroad.guides import announcing

        announcing.listen()
