"""Sixteen float32 numbers at a time: the vector type the fit kernel is written in.

LLVM's vectorizer, which numba uses for loops, does not reliably vectorize reductions. The kernel of
`training` therefore uses explicit vectors: `Lanes` is one LLVM vector of 16 float32, and most
functions here are one instruction on it. (LLVM splits it on a processor with narrower registers.)
The compiler never chooses an order of summation, so a repeated computation gives the same bits.
"""

import operator

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic, models, overload, register_model

WIDTH = 16
MULTIPLY_ADD = f"llvm.fmuladd.v{WIDTH}f32"

_F32, _I32 = ir.FloatType(), ir.IntType(32)
FLOATS = ir.VectorType(_F32, WIDTH)
INTS = ir.VectorType(_I32, WIDTH)


class Lanes(types.Type):
    """Numba type of 16 float32."""


lanes = Lanes("lanes")


@register_model(Lanes)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, dmm, fe_type):
        super().__init__(dmm, fe_type, FLOATS)


def constant(value, kind=FLOATS):
    return ir.Constant(kind, [value] * WIDTH)


def address(context, builder, array_type, array, index, kind):
    """Pointer to `array[index]` as a vector of `kind`; no bounds are checked."""
    data = context.make_array(array_type)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [index]), kind.as_pointer())


def call_llvm(name, arity, kind=FLOATS):
    def codegen(context, builder, signature, args):
        function = ir.FunctionType(kind, [kind] * arity)
        return builder.call(cgutils.get_or_insert_function(builder.module, function, name), args)

    return codegen


@intrinsic
def load(typingctx, array, index):
    """Elements index … index + 15 of a float32 array."""

    def codegen(context, builder, signature, args):
        loaded = builder.load(address(context, builder, signature.args[0], *args, FLOATS))
        loaded.align = 4
        return loaded

    return lanes(array, types.intp), codegen


@intrinsic
def store(typingctx, array, index, value):
    """Write 16 numbers to a float32 array from `index` on."""

    def codegen(context, builder, signature, args):
        target = address(context, builder, signature.args[0], *args[:2], FLOATS)
        builder.store(args[2], target).align = 4
        return context.get_dummy_value()

    return types.void(array, types.intp, lanes), codegen


@intrinsic
def splat(typingctx, number):
    """The same float32 in all lanes."""

    def codegen(context, builder, signature, args):
        one = builder.insert_element(ir.Constant(FLOATS, ir.Undefined), args[0], _I32(0))
        return builder.shuffle_vector(one, one, constant(0, INTS))

    return lanes(types.float32), codegen


@intrinsic
def spread(typingctx, array, index):
    """One number of a float32 array in all lanes; bounds are not checked."""

    def codegen(context, builder, signature, args):
        data = context.make_array(signature.args[0])(context, builder, args[0]).data
        number = builder.load(builder.gep(data, [args[1]]))
        one = builder.insert_element(ir.Constant(FLOATS, ir.Undefined), number, _I32(0))
        return builder.shuffle_vector(one, one, constant(0, INTS))

    return lanes(array, types.intp), codegen


@intrinsic
def fma(typingctx, a, b, c):
    """a·b + c, fused where the processor can; never a library call, as llvm.fma may be."""
    return lanes(lanes, lanes, lanes), call_llvm(MULTIPLY_ADD, 3)


@intrinsic
def sqrt(typingctx, a):
    return lanes(lanes), call_llvm(f"llvm.sqrt.v{WIDTH}f32", 1)


@intrinsic
def absolute(typingctx, a):
    return lanes(lanes), call_llvm(f"llvm.fabs.v{WIDTH}f32", 1)


@intrinsic
def copysign(typingctx, magnitude, sign):
    return lanes(lanes, lanes), call_llvm(f"llvm.copysign.v{WIDTH}f32", 2)


@intrinsic
def total(typingctx, a):
    """Sum of the lanes as a fixed binary tree."""

    def codegen(context, builder, signature, args):
        value, width = args[0], WIDTH
        while width > 1:
            width //= 2
            halves = [
                ir.Constant(ir.VectorType(_I32, width), list(range(start, start + width)))
                for start in (0, width)
            ]
            low, high = (builder.shuffle_vector(value, value, half) for half in halves)
            value = builder.fadd(low, high)
        return builder.extract_element(value, _I32(0))

    return types.float32(lanes), codegen


def _every_second(first):
    """Lanes `first`, first + 2, … of one vector and then of another."""

    @intrinsic
    def lanes_of_both(typingctx, a, b):
        def codegen(context, builder, signature, args):
            mask = ir.Constant(INTS, list(range(first, 2 * WIDTH, 2)))
            return builder.shuffle_vector(*args, mask)

        return lanes(lanes, lanes), codegen

    return lanes_of_both


_even_lanes, _odd_lanes = _every_second(0), _every_second(1)


@intrinsic
def larger(typingctx, a, b):
    def codegen(context, builder, signature, args):
        return builder.select(builder.fcmp_ordered(">", *args), *args)

    return lanes(lanes, lanes), codegen


@intrinsic
def where_positive(typingctx, test, a, b):
    def codegen(context, builder, signature, args):
        positive = builder.fcmp_ordered(">", args[0], constant(0.0))
        return builder.select(positive, *args[1:])

    return lanes(lanes, lanes, lanes), codegen


def _decided(context, builder, centre, reach):
    size = call_llvm(f"llvm.fabs.v{WIDTH}f32", 1)(context, builder, None, [centre])
    return builder.fcmp_ordered(">", size, reach)


@intrinsic
def share_above(typingctx, centre, reach):
    """1 if the range centre ± reach is positive, 0 if it is negative, ½ if it contains 0."""

    def codegen(context, builder, signature, args):
        above = builder.fcmp_ordered(">", args[0], constant(0.0))
        share = builder.select(above, constant(1.0), constant(0.0))
        return builder.select(_decided(context, builder, *args), share, constant(0.5))

    return lanes(lanes, lanes), codegen


@intrinsic
def undecided(typingctx, centre, reach):
    """An integer whose bit i is set if the range centre ± reach of lane i contains 0."""

    def codegen(context, builder, signature, args):
        bits = builder.not_(_decided(context, builder, *args))
        return builder.zext(builder.bitcast(bits, ir.IntType(WIDTH)), ir.IntType(64))

    return types.int64(lanes, lanes), codegen


@intrinsic
def lowest_bit(typingctx, bits):
    """Index of the lowest set bit of a nonzero int64."""

    def codegen(context, builder, signature, args):
        i64, i1 = ir.IntType(64), ir.IntType(1)
        count = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(i64, [i64, i1]), "llvm.cttz.i64"
        )
        return builder.call(count, [args[0], i1(1)])

    return types.int64(types.int64), codegen


def _arithmetic(python_operator, instruction):
    @intrinsic
    def operation(typingctx, a, b):
        def codegen(context, builder, signature, args):
            return getattr(builder, instruction)(*args)

        return lanes(lanes, lanes), codegen

    @overload(python_operator, inline="always")
    def _(a, b):
        if isinstance(a, Lanes) and isinstance(b, Lanes):
            return lambda a, b: operation(a, b)


_arithmetic(operator.add, "fadd")
_arithmetic(operator.sub, "fsub")
_arithmetic(operator.mul, "fmul")
_arithmetic(operator.truediv, "fdiv")

_LOG2_E = np.float32(1 / np.log(2))
_ROUND = np.float32(1.5 * 2**23)  # adding it rounds a small number: the integer is in the low bits
_LN2_HIGH, _LN2_LOW = np.float32(0.693359375), np.float32(np.log(2) - 0.693359375)
_SERIES = tuple(np.float32(1 / c) for c in (720, 120, 24, 6, 2, 1, 1))


@intrinsic
def _times_power_of_two(typingctx, a, rounded):
    """a · 2^k for the k in the low bits of `rounded`."""

    def codegen(context, builder, signature, args):
        number, power = (builder.bitcast(arg, INTS) for arg in args)
        power = builder.shl(power, constant(23, INTS))
        return builder.bitcast(builder.add(number, power), FLOATS)

    return lanes(lanes, lanes), codegen


@njit  # compiled into its callers
def exp_minus(a):
    """e^−a for a ≥ 0, accurate to a few units in the last place; at least about 10^−37."""
    a = where_positive(a - splat(np.float32(85)), splat(np.float32(-85)), splat(np.float32(0)) - a)
    rounded = fma(a, splat(_LOG2_E), splat(_ROUND))
    k = rounded - splat(_ROUND)
    rest = fma(k, splat(-_LN2_LOW), fma(k, splat(-_LN2_HIGH), a))  # within ± ln 2 / 2
    series = splat(_SERIES[0])
    series = fma(series, rest, splat(_SERIES[1]))
    series = fma(series, rest, splat(_SERIES[2]))
    series = fma(series, rest, splat(_SERIES[3]))
    series = fma(series, rest, splat(_SERIES[4]))
    series = fma(series, rest, splat(_SERIES[5]))
    series = fma(series, rest, splat(_SERIES[6]))
    return _times_power_of_two(series, rounded)


@njit  # compiled into its callers
def pair_sums(a, b):
    """Sums of lanes 0 and 1, 2 and 3, … of `a`, then of `b`."""
    return _even_lanes(a, b) + _odd_lanes(a, b)


@njit  # compiled into its callers
def pair_maxima(a, b):
    """The larger of lanes 0 and 1, 2 and 3, … of `a`, then of `b`."""
    return larger(_even_lanes(a, b), _odd_lanes(a, b))
