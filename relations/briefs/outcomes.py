"""How the process that draws PDF ends; a leaf, so that it needs nothing of Django."""

NO_PANGO = 3  # the system libraries that PDF is drawn with are not on this machine
