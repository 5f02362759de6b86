"""What a web server of the operator's choice mounts."""

import os

from django.core.wsgi import get_wsgi_application

from postroad import memory

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "postroad.settings")
application = get_wsgi_application()
memory.settle()
