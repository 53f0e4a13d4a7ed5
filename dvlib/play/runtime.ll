; Memory of the module: an arena, and what numba's arrays ask for.
@__heap_base = external global i8
@heap = global i32 0
declare i32 @llvm.wasm.memory.size.i32(i32)
declare i32 @llvm.wasm.memory.grow.i32(i32, i32)
define ptr @alloc(i32 %size) {
  %h = load i32, ptr @heap
  %new = icmp eq i32 %h, 0
  %base = ptrtoint ptr @__heap_base to i32
  %from = select i1 %new, i32 %base, i32 %h
  %up = add i32 %from, 63
  %at = and i32 %up, -64
  %end = add i32 %at, %size
  store i32 %end, ptr @heap
  %pages = call i32 @llvm.wasm.memory.size.i32(i32 0)
  %last = add i32 %end, 65535
  %wanted = lshr i32 %last, 16
  %more = sub i32 %wanted, %pages
  %grow = icmp sgt i32 %more, 0
  br i1 %grow, label %larger, label %done
larger:
  %before = call i32 @llvm.wasm.memory.grow.i32(i32 0, i32 %more)
  br label %done
done:
  %p = inttoptr i32 %at to ptr
  ret ptr %p
}
define i32 @mark() {
  %h = load i32, ptr @heap
  ret i32 %h
}
define void @release(i32 %h) {
  store i32 %h, ptr @heap
  ret void
}
define ptr @NRT_MemInfo_alloc_aligned(i64 %size, i32 %align) {
  %s = trunc i64 %size to i32
  %all = add i32 %s, 64
  %p = call ptr @alloc(i32 %all)
  store i64 1, ptr %p
  %data = getelementptr i8, ptr %p, i32 64
  %slot = getelementptr { i64, ptr, ptr, ptr, i64 }, ptr %p, i32 0, i32 3
  store ptr %data, ptr %slot
  ret ptr %p
}
define ptr @NRT_MemInfo_alloc_safe_aligned(i64 %size, i32 %align) {
  %p = call ptr @NRT_MemInfo_alloc_aligned(i64 %size, i32 %align)
  ret ptr %p
}
define void @NRT_MemInfo_call_dtor(ptr %p) {
  ret void
}
