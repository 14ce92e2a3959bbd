"""Production settings (DATABASE_URL is set) with what the benchmark compares with: bench/urls.py."""

from config import settings

vars().update({name: value for name, value in vars(settings).items() if name.isupper()})

ROOT_URLCONF = "bench.urls"
