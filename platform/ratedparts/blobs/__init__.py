"""Bytes under their digest, behind one port: a local folder by default, an object store by a setting."""
