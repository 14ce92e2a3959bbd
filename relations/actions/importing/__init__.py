"""Take in tables: what a file's rows would change is tried by the very act that then changes it, all or nothing."""
