"""Looking at 64 codes at once: where among them one code stands, as the bits of a word."""

from __future__ import annotations

from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

LANES = 64


@intrinsic
def equal_mask(context: Any, codes: Any, place: Any, code: Any) -> Any:
    """Tell which of the `LANES` codes from a place on are `code`, the first by the lowest bit; all must lie inside."""
    del context
    lane = ir.IntType(codes.dtype.bitwidth)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        vector = ir.VectorType(lane, LANES)
        place_of_all = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
        pointer = cgutils.gep_inbounds(builder, array.data, arguments[1])  # type: ignore[no-untyped-call]
        seen = builder.load(builder.bitcast(pointer, vector.as_pointer()), align=1, typ=vector)
        undefined, first = ir.Constant(vector, ir.Undefined), ir.Constant(ir.IntType(32), 0)
        wanted = builder.insert_element(undefined, builder.trunc(arguments[2], lane), first)
        same = builder.icmp_unsigned("==", seen, builder.shuffle_vector(wanted, undefined, place_of_all))
        return builder.bitcast(same, ir.IntType(64))

    return types.uint64(codes, types.uint64, types.uint64), generate


@intrinsic
def lowest_bit(context: Any, word: Any) -> Any:
    """Give the place of a word's lowest bit that is set; 64 where none is."""
    del context, word

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        del context, signature
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.uint64(types.uint64), generate
