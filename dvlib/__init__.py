"""What is each training point worth to a model? For your own table, and for the paper's figures.

For a table with labels, begin with these names; `help` explains each of them:

value          what each row is worth to a model, and which labels may be wrong
value_new      how far rows that are not in the table yet would move the model
known_methods  the methods and what their values mean; known_methods("rows") are those for tables
MLPConfig      a network of another size as the model; any classifier of scikit-learn will do, too
use_cluster    trains on several machines
DataValues     the values of one method, as a frame or for other tools

`__init__.pyi` lists the names that `dvlib` exports, and the module of each. A name is imported when
it is first used, so a command or a figure imports only the libraries that it needs.
"""

import lazy_loader

from .root import place_compiled_code

place_compiled_code()  # before the kernels are imported
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
