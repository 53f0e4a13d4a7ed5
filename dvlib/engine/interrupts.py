"""An interrupt during compiled code, as Python knows it."""

from contextlib import ContextDecorator


class Interruptible(ContextDecorator):
    """Within it, Ctrl-C is a KeyboardInterrupt also while a kernel runs.

    Python raises the interrupt when the kernel hands over its result. Since there is a result and
    an error, it then raises a SystemError, with the KeyboardInterrupt as its cause. Functions that
    call kernels are decorated with it.
    """

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if isinstance(error, SystemError) and isinstance(error.__cause__, KeyboardInterrupt):
            raise KeyboardInterrupt from None
