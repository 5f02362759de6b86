"""Load a file for each library, and say what it took: run by its path, with the source of any
release in PYTHONPATH, so it asks for nothing that the older ones have not."""

import json
import os
import resource
import sys
import time
from contextlib import suppress

import django


def main(*files: str) -> None:
    """One JSON object: records, seconds on the wall and of the processor, memory at most."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "postroad.settings")
    django.setup()
    from django.utils import timezone

    from postroad.bench import consortium
    from postroad.catalogue import loading

    with suppress(ImportError):
        from postroad import gc_tuning

        gc_tuning.settle()
    libraries = consortium.libraries(len(files), timezone.localdate())
    before = memory()
    wall, worked = time.perf_counter(), processor()
    read = 0
    for name, library in zip(files, libraries, strict=True):
        with open(name, "rb") as file:
            report = loading.load(file, library)
            read += report.read
            if not report.searchable:
                raise SystemExit("loaded, but not searchable")
    taken = {"wall": time.perf_counter() - wall, "cpu": processor() - worked}
    print(json.dumps({"read": read, **taken, "start": before, "peak": memory()}))  # noqa: T201


def processor() -> float:
    """Seconds of this process and of those that it started and that are done."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def memory() -> float:
    """Megabytes at most, of the largest of these processes."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return max(each.ru_maxrss for each in used) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
