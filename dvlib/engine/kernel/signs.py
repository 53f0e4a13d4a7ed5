"""Sign bits, and table look-ups indexed by them, for 16 lanes at a time as in `lanes`."""

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, models, register_model

from dvlib.engine.kernel.compiling import processor_features
from dvlib.engine.kernel.lanes import FLOATS, INTS, WIDTH, address, call_llvm, constant, lanes

_I32 = ir.IntType(32)
_WITHOUT_AVX512 = {
    "-avx512f", "-evex512", "-avx2", "-avx", "-fma", "-f16c",
    "-sse4.2", "-sse4.1", "-ssse3", "-sse3", "-sse2", "-sse",
}  # fmt: skip
_BYTES = ir.VectorType(ir.IntType(8), WIDTH)


class SignBits(types.Type):
    """Numba type of 16 int32, each a sequence of sign bits with the newest in bit 0."""


sign_bits = SignBits("sign_bits")


@register_model(SignBits)
class _SignBitsModel(models.PrimitiveModel):
    def __init__(self, dmm, fe_type):
        super().__init__(dmm, fe_type, INTS)


@intrinsic
def no_signs(typingctx):
    def codegen(context, builder, signature, args):
        return constant(0, INTS)

    return sign_bits(), codegen


@intrinsic
def push_sign(typingctx, bits, a):
    """Shift `bits` left by one and put the sign of each lane of `a` (1 = negative) in bit 0."""

    def codegen(context, builder, signature, args):
        push = call_llvm(f"llvm.fshl.v{WIDTH}i32", 3, INTS)
        as_int = builder.bitcast(args[1], INTS)
        return push(context, builder, signature, [args[0], as_int, constant(1, INTS)])

    return sign_bits(sign_bits, lanes), codegen


@intrinsic
def store_signs(typingctx, array, index, bits):
    """Write the last eight signs of each lane to a uint8 array."""

    def codegen(context, builder, signature, args):
        target = address(context, builder, signature.args[0], *args[:2], _BYTES)
        builder.store(builder.trunc(args[2], _BYTES), target).align = 1
        return context.get_dummy_value()

    return types.void(array, types.intp, sign_bits), codegen


@intrinsic
def load_signs(typingctx, array, index):
    def codegen(context, builder, signature, args):
        loaded = builder.load(address(context, builder, signature.args[0], *args, _BYTES))
        loaded.align = 1
        return builder.zext(loaded, INTS)

    return sign_bits(array, types.intp), codegen


def _compiling_for_avx512():
    """Whether numba compiles for a processor that can permute 16 floats at once."""
    features = set(processor_features().split(","))
    # LLVM turns AVX-512 off with any feature that it builds on.
    return "+avx512f" in features and features.isdisjoint(_WITHOUT_AVX512)


@intrinsic
def look_up(typingctx, table, index, bits):
    """In each lane, `table[index + (the four newest signs as a number)]`."""

    def codegen(context, builder, signature, args):
        if _compiling_for_avx512():
            entries = builder.load(address(context, builder, signature.args[0], *args[:2], FLOATS))
            entries.align = 4
            permute = cgutils.get_or_insert_function(
                builder.module,
                ir.FunctionType(FLOATS, [FLOATS, INTS]),
                "llvm.x86.avx512.permvar.sf.512",
            )
            return builder.call(permute, [entries, args[2]])
        base = context.make_array(signature.args[0])(context, builder, args[0]).data
        base = builder.gep(base, [args[1]])
        entry = builder.and_(args[2], constant(15, INTS))
        result = ir.Constant(FLOATS, ir.Undefined)
        for lane in map(_I32, range(WIDTH)):
            number = builder.load(builder.gep(base, [builder.extract_element(entry, lane)]))
            result = builder.insert_element(result, number, lane)
        return result

    return lanes(table, types.intp, sign_bits), codegen
