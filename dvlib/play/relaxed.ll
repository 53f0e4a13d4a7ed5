; A multiplication and an addition of 16 numbers as one operation, in four parts of four.
declare <4 x float> @llvm.wasm.relaxed.madd.v4f32(<4 x float>, <4 x float>, <4 x float>)
define <16 x float> @dv_multiply_add(<16 x float> %a, <16 x float> %b, <16 x float> %c) alwaysinline {
  %a0 = shufflevector <16 x float> %a, <16 x float> poison, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %b0 = shufflevector <16 x float> %b, <16 x float> poison, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %c0 = shufflevector <16 x float> %c, <16 x float> poison, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %r0 = call <4 x float> @llvm.wasm.relaxed.madd.v4f32(<4 x float> %a0, <4 x float> %b0, <4 x float> %c0)
  %a1 = shufflevector <16 x float> %a, <16 x float> poison, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %b1 = shufflevector <16 x float> %b, <16 x float> poison, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %c1 = shufflevector <16 x float> %c, <16 x float> poison, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %r1 = call <4 x float> @llvm.wasm.relaxed.madd.v4f32(<4 x float> %a1, <4 x float> %b1, <4 x float> %c1)
  %a2 = shufflevector <16 x float> %a, <16 x float> poison, <4 x i32> <i32 8, i32 9, i32 10, i32 11>
  %b2 = shufflevector <16 x float> %b, <16 x float> poison, <4 x i32> <i32 8, i32 9, i32 10, i32 11>
  %c2 = shufflevector <16 x float> %c, <16 x float> poison, <4 x i32> <i32 8, i32 9, i32 10, i32 11>
  %r2 = call <4 x float> @llvm.wasm.relaxed.madd.v4f32(<4 x float> %a2, <4 x float> %b2, <4 x float> %c2)
  %a3 = shufflevector <16 x float> %a, <16 x float> poison, <4 x i32> <i32 12, i32 13, i32 14, i32 15>
  %b3 = shufflevector <16 x float> %b, <16 x float> poison, <4 x i32> <i32 12, i32 13, i32 14, i32 15>
  %c3 = shufflevector <16 x float> %c, <16 x float> poison, <4 x i32> <i32 12, i32 13, i32 14, i32 15>
  %r3 = call <4 x float> @llvm.wasm.relaxed.madd.v4f32(<4 x float> %a3, <4 x float> %b3, <4 x float> %c3)
  %low = shufflevector <4 x float> %r0, <4 x float> %r1, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %high = shufflevector <4 x float> %r2, <4 x float> %r3, <8 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>
  %all = shufflevector <8 x float> %low, <8 x float> %high, <16 x i32> <i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8, i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15>
  ret <16 x float> %all
}
