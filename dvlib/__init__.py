"""Value points by how they move a decision boundary, and reproduce the paper's figures with it.

`__init__.pyi` lists the names that `dvlib` exports, and the module of each. A name is imported when
it is first used, so a command or a figure imports only the libraries that it needs.
"""

import lazy_loader

from .root import place_compiled_code

place_compiled_code()  # before the kernels are imported
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
