"""WSGI entry point."""

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

# What is loaded by now, all views with it, stays for good: the collector need not go through it again and again, which
# took 0.1 s each time, in the middle of someone's page.
import_module(settings.ROOT_URLCONF)
gc.collect()
gc.freeze()
