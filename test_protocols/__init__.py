"""One TOML file a protocol version, and the one table of families."""
