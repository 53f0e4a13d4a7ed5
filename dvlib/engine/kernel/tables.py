"""Tables of 16 float32, looked up by the newest four of sign bits as in `signs`, in 16 lanes.

A table has 64 bytes. How they are arranged depends on what the processor looks up fastest; the
numbers that come out do not.

with AVX-512
    One instruction permutes 16 floats, so a table is 16 floats.
with SSSE3
    One instruction looks up 16 bytes in 16. So a table is four rows: the lowest bytes of all 16
    numbers, then the second ones, and so on. Four look-ups give the bytes of the results.
else
    Each lane reads its own number, so a table is 16 floats.
"""

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from dvlib.engine.kernel.compiling import processor_features
from dvlib.engine.kernel.lanes import FLOATS, INTS, WIDTH, address, constant, lanes
from dvlib.engine.kernel.signs import BYTES, sign_bits

BYTE_LOOK_UP = "llvm.x86.ssse3.pshuf.b.128"  # 16 bytes of a table, in places of 0 … 15

_I32 = ir.IntType(32)
_WITHOUT_SSSE3 = {"-ssse3", "-sse3", "-sse2", "-sse"}
_WITHOUT_AVX512 = _WITHOUT_SSSE3 | {
    "-avx512f", "-evex512", "-avx2", "-avx", "-fma", "-f16c", "-sse4.2", "-sse4.1",
}  # fmt: skip
_WITH_SSSE3 = {"+ssse3", "+sse4.1", "+sse4.2", "+avx", "+avx2"}


def _compiling_for_avx512():
    """Whether numba compiles for a processor that can permute 16 floats at once."""
    features = set(processor_features().split(","))
    # LLVM turns AVX-512 off with any feature that it builds on.
    return "+avx512f" in features and features.isdisjoint(_WITHOUT_AVX512)


def _compiling_for_byte_tables():
    """Whether numba compiles for a processor that looks up 16 bytes, but not 16 floats, at once."""
    features = set(processor_features().split(","))
    with_ssse3 = not features.isdisjoint(_WITH_SSSE3) and features.isdisjoint(_WITHOUT_SSSE3)
    return with_ssse3 and not _compiling_for_avx512()


def _instruction(builder, name, table, entry):
    kind = ir.FunctionType(table.type, [table.type, entry.type])
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), [table, entry])


def _shuffled(builder, a, b, places):
    return builder.shuffle_vector(a, b, ir.Constant(ir.VectorType(_I32, len(places)), places))


@intrinsic
def store_table(typingctx, array, index, value):
    """Write 16 numbers to array[index : index + 16] as a table for `look_up`."""

    def codegen(context, builder, signature, args):
        target = address(context, builder, signature.args[0], *args[:2], FLOATS)
        table = args[2]
        if _compiling_for_byte_tables():
            by_number = builder.bitcast(table, ir.VectorType(ir.IntType(8), 4 * WIDTH))
            rows = [4 * lane + byte for byte in range(4) for lane in range(WIDTH)]
            table = builder.bitcast(_shuffled(builder, by_number, by_number, rows), FLOATS)
        builder.store(table, target).align = 4
        return context.get_dummy_value()

    return types.void(array, types.intp, lanes), codegen


@intrinsic
def look_up(typingctx, array, index, bits):
    """In each lane, the number of the table at array[index] for the lane's four newest signs."""

    def codegen(context, builder, signature, args):
        bits = args[2]
        if _compiling_for_avx512():
            table = builder.load(address(context, builder, signature.args[0], *args[:2], FLOATS))
            table.align = 4
            return _instruction(builder, "llvm.x86.avx512.permvar.sf.512", table, bits)
        start = builder.gep(
            context.make_array(signature.args[0])(context, builder, args[0]).data, [args[1]]
        )
        entry = builder.and_(bits, constant(15, INTS))
        if _compiling_for_byte_tables():
            return _by_bytes(builder, start, builder.trunc(entry, BYTES))
        result = ir.Constant(FLOATS, ir.Undefined)
        for lane in map(_I32, range(WIDTH)):
            number = builder.load(builder.gep(start, [builder.extract_element(entry, lane)]))
            result = builder.insert_element(result, number, lane)
        return result

    return lanes(array, types.intp, sign_bits), codegen


def _by_bytes(builder, start, entry):
    """Numbers of a table of four rows, for 16 entries."""
    start, found = builder.bitcast(start, BYTES.as_pointer()), []
    for byte in range(4):
        row = builder.load(builder.gep(start, [_I32(byte)]))
        row.align = 4
        found.append(_instruction(builder, BYTE_LOOK_UP, row, entry))
    # Bytes of a number side by side: bytes to pairs, then pairs to numbers.
    pairs = ir.VectorType(ir.IntType(16), WIDTH // 2)
    low, high = (
        [builder.bitcast(half, pairs) for half in _interleaved(builder, *found[byte : byte + 2])]
        for byte in (0, 2)
    )
    quarters = [
        quarter for half in range(2) for quarter in _interleaved(builder, low[half], high[half])
    ]
    halves = [_shuffled(builder, *quarters[i : i + 2], list(range(WIDTH))) for i in (0, 2)]
    return builder.bitcast(_shuffled(builder, *halves, list(range(2 * WIDTH))), FLOATS)


def _interleaved(builder, a, b):
    """Elements of a and b in turns: the first half of them, and the second."""
    count = a.type.count
    turns = [place for i in range(count) for place in (i, i + count)]
    return [_shuffled(builder, a, b, turns[at : at + count]) for at in (0, count)]
