"""Reliability statistics: life samples, fits, honest bounds, acceleration, few failures, capability.

Pure numpy and scipy: no clock, no file, no environment.  `docs/statistics.md` tells the methods.

The names are listed in ``__init__.pyi`` and each loads its module when it is first used: scipy.special alone
takes a third of a second, which a command that fits nothing need not pay.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
