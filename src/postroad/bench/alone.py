"""Part of a bench in a process of its own: `python -m postroad.bench.alone PART ARGUMENTS`."""

import os
import sys
from importlib import import_module

import django

from postroad import gc_tuning


def main(part: str, *arguments: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "postroad.settings")
    django.setup()
    module = import_module(f"postroad.bench.{part}")
    gc_tuning.settle()  # as the worker and the web server do
    module.main(*arguments)


if __name__ == "__main__":
    main(*sys.argv[1:])
