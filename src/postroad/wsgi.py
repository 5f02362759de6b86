"""What a web server of the operator's choice mounts."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "postroad.settings")
application = get_wsgi_application()
gc.freeze()  # what was loaded stays: walking it again and again costs 30 ms each time
