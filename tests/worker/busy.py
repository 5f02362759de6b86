"""A house at work, as a process of its own: each round brings a title, its picture, its letter and
its entry in the search index. It ends when its input does."""

import sys
import threading
from pathlib import Path

import django


def main() -> None:
    django.setup()
    from django.conf import settings

    from postroad import home
    from postroad.catalogue import search
    from postroad.directory.models import Library
    from tests.catalogue.records import item, load, record

    home.live_in(settings.HOME)
    ended = threading.Event()

    def wait() -> None:
        sys.stdin.read()
        ended.set()

    threading.Thread(target=wait, daemon=True).start()
    lee, _new = Library.objects.get_or_create(
        code="LEE", defaults={"name": "Lee Library", "town": "Lee", "state": "MA"}
    )
    for folder in (settings.MEDIA_ROOT, settings.MAIL_FOLDER):
        Path(folder).mkdir(exist_ok=True)
    number = 0
    while not ended.is_set():
        # A file stands there before the row that names it.
        (Path(settings.MEDIA_ROOT) / f"picture-{number}").write_bytes(b"%d" % number * 999)
        (Path(settings.MAIL_FOLDER) / f"{number}.eml").write_text(f"Dear reader {number}")
        load(lee, record(f"b{number}", item(f"3100{number}"), title=f"Whale number{number}"))
        number += 1
        if number == 5:
            print("busy", flush=True)
    search.refresh()


if __name__ == "__main__":
    main()
