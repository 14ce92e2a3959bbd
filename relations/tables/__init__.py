"""Files of rows that come in, CSV and XLSX: how they are read, what their headers mean, what a cell says. Knows no desk."""
