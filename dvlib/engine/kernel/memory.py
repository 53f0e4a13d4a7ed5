"""Arrays on lines of the cache, and numbers too small to matter as zero (compiled).

A vector of 16 float32 fills one line of 64 bytes; across two lines it takes two accesses. Weights
of units that act on no point shrink with every step, and their products fall below 10⁻³⁸ in the
end. A processor takes about 150 cycles for an operation on such a subnormal number, unless it may
take the number as zero.
"""

import numpy as np
from llvmlite import binding, ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from dvlib.engine.kernel.compiling import compiled

FLUSHED = np.uint32(0x9FC0)  # MXCSR of a new process, with "flush to zero", "subnormals are zero"
LINE = 16  # float32 in a line
READ_CONTROL, WRITE_CONTROL = "llvm.x86.sse.stmxcsr", "llvm.x86.sse.ldmxcsr"


@compiled
def on_lines(count):
    """Zeros, float32 of shape (count,), from the start of a line on."""
    room = np.zeros(count + LINE, np.float32)
    first = (-room.ctypes.data) % (4 * LINE) // 4
    return room[first : first + count]


@intrinsic
def swap_control(typingctx, value):
    """Set how this thread treats float32 (MXCSR, uint32); returns what was set before.

    It does nothing on processors other than x86, whose fits keep subnormal numbers.
    """

    def codegen(context, builder, signature, args):
        if not binding.get_process_triple().startswith(("x86_64", "i386", "i686", "amd64")):
            return args[0]
        place = cgutils.alloca_once(builder, ir.IntType(32))
        pointer = builder.bitcast(place, ir.IntType(8).as_pointer())
        kind = ir.FunctionType(ir.VoidType(), [pointer.type])
        read, write = (
            cgutils.get_or_insert_function(builder.module, kind, name)
            for name in (READ_CONTROL, WRITE_CONTROL)
        )
        builder.call(read, [pointer])
        before = builder.load(place)
        builder.store(args[0], place)
        builder.call(write, [pointer])
        return before

    return types.uint32(types.uint32), codegen
