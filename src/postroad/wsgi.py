"""What a web server of the operator's choice mounts."""

import gc
import multiprocessing
import os
import signal
import threading
from multiprocessing.process import BaseProcess

from django.core.wsgi import get_wsgi_application


def end_after(parent: BaseProcess) -> None:
    """A server that was killed leaves no pages behind that hold its port."""
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "postroad.settings")
application = get_wsgi_application()
gc.freeze()  # what was loaded stays: walking it again and again costs 30 ms each time
if parent := multiprocessing.parent_process():
    threading.Thread(target=end_after, args=(parent,), daemon=True).start()
