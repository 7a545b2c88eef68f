from ..conftest import decided, g1, g3, g5, library

__all__ = ["decided", "g1", "g3", "g5", "library"]
