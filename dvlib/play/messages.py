"""Messages between the playground's front end and Python: JSON, with arrays as buffers beside it.

`pack` and `unpack` of `front/engines.js` are the other side.
"""

import math

import numpy as np

TYPES = {
    "Float32Array": np.float32, "Float64Array": np.float64, "Int32Array": np.int32,
    "Uint8Array": np.uint8,
}  # fmt: skip
_NAMES = {np.dtype(dtype): name for name, dtype in TYPES.items()}


def unpack(argument, buffers):
    """An argument with its arrays in place. Buffers may begin at any byte."""
    if not isinstance(argument, dict):
        return argument
    return {name: _array(value, buffers) for name, value in argument.items()}


def pack(result):
    """A result as JSON can hold it, and the buffers of its arrays."""
    if not isinstance(result, dict):
        return result, []
    plain, buffers = {}, []
    for name, value in result.items():
        if isinstance(value, np.ndarray):
            plain[name] = {"buffer": len(buffers), "type": _NAMES[value.dtype]}
            buffers.append(np.ascontiguousarray(value).tobytes())
        elif isinstance(value, list):
            plain[name] = [_number(one) for one in value]
        else:
            plain[name] = _number(value)
    return plain, buffers


def _array(value, buffers):
    if not (isinstance(value, dict) and "buffer" in value):
        return value
    return np.frombuffer(bytes(buffers[value["buffer"]]), TYPES[value["type"]])


def _number(value):
    """JSON has no NaN: what is unknown crosses as null."""
    value = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(value, float) and not math.isfinite(value) else value
