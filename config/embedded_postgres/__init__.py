"""A Django database backend that runs a private PostgreSQL of its own: `ENGINE = "config.embedded_postgres"`."""
