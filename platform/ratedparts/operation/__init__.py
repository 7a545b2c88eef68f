"""What whoever runs an installation wants to see of it, and can do about it.  Above the stages."""

from .overview import Overview, overview
from .trying_again import try_again

__all__ = ["Overview", "overview", "try_again"]
