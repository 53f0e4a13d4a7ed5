"""Sign bits of 16 lanes at a time, as in `lanes`; `tables` looks numbers up by them."""

from llvmlite import ir
from numba import types
from numba.extending import intrinsic, models, register_model

from dvlib.engine.kernel.lanes import INTS, WIDTH, address, call_llvm, constant, lanes

BYTES = ir.VectorType(ir.IntType(8), WIDTH)


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
        target = address(context, builder, signature.args[0], *args[:2], BYTES)
        builder.store(builder.trunc(args[2], BYTES), target).align = 1
        return context.get_dummy_value()

    return types.void(array, types.intp, sign_bits), codegen


@intrinsic
def load_signs(typingctx, array, index):
    def codegen(context, builder, signature, args):
        loaded = builder.load(address(context, builder, signature.args[0], *args, BYTES))
        loaded.align = 1
        return builder.zext(loaded, INTS)

    return sign_bits(array, types.intp), codegen
