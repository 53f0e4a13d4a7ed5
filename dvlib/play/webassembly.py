"""Compiles the engine's kernels to WebAssembly: numba's own code, for another processor.

numba turns each entry into LLVM's language. Before its passes rely on this processor, the target
becomes wasm32, and LLVM optimizes and translates for that. `wasm-ld` of LLVM links the object. The
same sources, numba and linker give the same bytes.

There are two modules of the same kernels. With relaxed SIMD, a multiplication and an addition are
one operation, as in the engine: fits take less time and give the engine's bits. Browsers without it
take the other one.

The module's memory is an arena: `alloc` takes from its end, and whatever a call allocates is free
when it returns. So counts of references are left out.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import llvmlite
import llvmlite.binding as llvm
import numba
from numba.core.compiler_lock import global_compiler_lock

from dvlib.engine.kernel.lanes import MULTIPLY_ADD
from dvlib.engine.kernel.memory import READ_CONTROL, WRITE_CONTROL
from dvlib.engine.kernel.tables import BYTE_LOOK_UP
from dvlib.root import project_root

FRONT = Path(__file__).parent / "front"
RECORD = FRONT / "dv.json"
SOURCES = ("engine/kernel/*.py", "play/entries.py", "play/sample.py",
           "play/webassembly.py", "play/*.ll")  # fmt: skip
TRIPLE = "wasm32-unknown-unknown"
FEATURES = "+simd128,+bulk-memory,+sign-ext,+nontrapping-fptoint,+mutable-globals"
# By file; `dvlib.play.page` has the order in which a browser tries them.
MODULES = {"dv_relaxed.wasm": f"{FEATURES},+relaxed-simd", "dv.wasm": FEATURES}
RUNTIME, RELAXED = Path(__file__).with_name("runtime.ll"), Path(__file__).with_name("relaxed.ll")
OWN = ("alloc", "mark", "release")  # of RUNTIME
STACK = 65_536  # bytes; the kernels keep their arrays in the arena
# numba compiles for a processor with one extension only, the look-up of 16 bytes at once, which
# WebAssembly has, too. Names have an order of their own, so that two builds are equal.
TARGET = {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": "+ssse3", "PYTHONHASHSEED": "0"}

# How numba's code calls an entry: places for the result and an error, then the arguments.
ENTRY = """
declare i32 @"{symbol}"(ptr, ptr, {types})
define i32 @{name}({arguments}) {{
  %result = alloca i32
  %error = alloca ptr
  %mark = load i32, ptr @heap
  %status = call i32 @"{symbol}"(ptr %result, ptr %error, {arguments})
  store i32 %mark, ptr @heap
  %bad = icmp ne i32 %status, 0
  %value = load i32, ptr %result
  %out = select i1 %bad, i32 -1, i32 %value
  ret i32 %out
}}
"""
LOG = """
declare i32 @"{symbol}"(ptr, ptr, double)
define double @dv_log(double %x) alwaysinline {{
  %result = alloca double
  %error = alloca ptr
  %status = call i32 @"{symbol}"(ptr %result, ptr %error, double %x)
  %value = load double, ptr %result
  ret double %value
}}
"""


def digest():
    """SHA-256 of the sources that decide the bytes of the module."""
    root, found = Path(__file__).parents[1], hashlib.sha256()
    for path in sorted(path for pattern in SOURCES for path in root.glob(pattern)):
        found.update(path.read_bytes())
    return found.hexdigest()


def linker():
    """Path of LLVM's linker for WebAssembly, the newest there is."""
    names = {
        path.name
        for folder in os.get_exec_path()
        for path in Path(folder).glob("wasm-ld*")
        if re.fullmatch(r"wasm-ld(-\d+)?", path.name)
    }
    if not names:
        raise FileNotFoundError(
            "wasm-ld is not installed: install LLVM's linker, such as Debian's package lld-19"
        )
    return shutil.which(max(names, key=lambda name: int(name[8:] or 0)))


def build(path):
    """Compile and link the module of the file's name into `path`.

    The process needs the settings of `TARGET`.
    """
    _keep_numba_from_this_processor()
    from dvlib.play import entries

    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    features = MODULES[Path(path).name]
    machine = llvm.Target.from_triple(TRIPLE).create_target_machine(
        cpu="generic", features=features, opt=3, reloc="static", codemodel="default"
    )
    library, symbol, _ = _compiled(entries.log)
    texts = [(RUNTIME.read_text() + LOG.format(symbol=symbol)), str(library._final_module)]
    for kernel in entries.ENTRIES:
        library, symbol, types = _compiled(kernel)
        arguments = ", ".join(f"{one} %a{k}" for k, one in enumerate(types))
        texts[0] += ENTRY.format(
            symbol=symbol, types=", ".join(types), name=kernel.__name__, arguments=arguments
        )
        texts.append(str(library._final_module))
    if "relaxed" in features:
        texts = [text.replace(f"@{MULTIPLY_ADD}", "@dv_multiply_add") for text in texts]
        texts[0] += RELAXED.read_text()
    names = (*OWN, *(kernel.__name__ for kernel in entries.ENTRIES))
    module = _linked([_for_wasm(text, machine) for text in texts], names)
    _optimize(module, machine)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "dv.o"
        target.write_bytes(machine.emit_object(module))
        exports = [f"--export={name}" for name in sorted(names)]
        options = ["--no-entry", "--strip-all", "-O3", "-z", f"stack-size={STACK}"]
        subprocess.run([linker(), *options, *exports, str(target), "-o", str(path)], check=True)


def _keep_numba_from_this_processor():
    """Make numba stop at its unoptimized code, and neither store nor run it.

    numba has no public way to do so; these are its internal names. A new version that renames them
    fails here or in the tests of the module's bits.
    """
    from numba.core import caching, codegen

    def nothing(*_):
        return None

    codegen.CPUCodeLibrary._optimize_functions = nothing
    codegen.CPUCodeLibrary._optimize_final_module = nothing
    codegen.CPUCodeLibrary._finalize_specific = nothing
    codegen.JITCodeLibrary._finalize_specific = nothing
    codegen.JITCPUCodegen._add_module = nothing
    codegen.JITCPUCodegen.set_env = nothing
    # Never called, since nothing is run. numba only wants an address that is not 0.
    codegen.JITCodeLibrary.get_pointer_to_function = lambda self, name: 4096
    caching.Cache.load_overload = caching.Cache.save_overload = nothing


def _compiled(kernel):
    """numba's library of an entry, the symbol in it, and LLVM's types of the arguments."""
    (overload,) = kernel.overloads.values()
    words = {numba.types.int32: "i32", numba.types.float64: "double"}
    types = [words.get(one, "ptr") for one in overload.signature.args]
    with global_compiler_lock:
        overload.library.finalize()  # takes in the libraries of the functions it calls
    return overload.library, overload.fndesc.mangled_name, types


def _for_wasm(text, machine):
    """A module's text for another target, without what WebAssembly lacks or does not need."""
    text = re.sub(r"^target .*\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"^ *(tail )?call void @NRT_(in|de)cref\(.*\n", "", text, flags=re.MULTILINE)
    calls = "|".join((READ_CONTROL, WRITE_CONTROL))  # WebAssembly always keeps subnormal numbers
    text = re.sub(rf"^ *(tail )?call void @({calls})\(.*\n", "", text, flags=re.MULTILINE)
    text = text.replace(f"@{BYTE_LOOK_UP}", "@llvm.wasm.swizzle")
    text = re.sub(r"@llvm\.log\.f64\b|@log\b(?=\()", "@dv_log", text)
    return f'target datalayout = "{machine.target_data}"\ntarget triple = "{TRIPLE}"\n{text}'


def _linked(texts, names):
    """One module of all texts in which only `names` are seen from outside."""
    module = llvm.parse_assembly(texts[0])
    for text in texts[1:]:
        other = llvm.parse_assembly(text)
        for function in other.functions:  # each entry brings a copy of what it calls
            if not function.is_declaration and function.linkage == llvm.Linkage.external:
                function.linkage = llvm.Linkage.linkonce_odr
        for variable in other.global_variables:
            if variable.linkage == llvm.Linkage.common:
                variable.linkage = llvm.Linkage.linkonce_odr
        module.link_in(other)
    for function in module.functions:
        if not function.is_declaration and function.name not in names:
            function.linkage = llvm.Linkage.internal
    module.verify()
    return module


def _optimize(module, machine):
    options = llvm.create_pipeline_tuning_options(speed_level=3)
    options.loop_vectorization = options.loop_unrolling = True
    options.slp_vectorization = False  # the kernels' own vectors are all there is to gain
    passes = llvm.create_pass_builder(machine, options)
    passes.getModulePassManager().run(module, passes)


def built():
    """The bytes of each module, from processes of their own, since numba is changed there."""
    with tempfile.TemporaryDirectory() as folder:
        own = {"NUMBA_CACHE_DIR": folder, "PYTHONPATH": str(project_root())}
        paths = [Path(folder) / name for name in MODULES]
        for path in paths:
            command = [sys.executable, "-m", "dvlib.play.webassembly", str(path)]
            subprocess.run(command, env=os.environ | TARGET | own, check=True)
        return {path.name: path.read_bytes() for path in paths}


def versions():
    """Versions of what decides the bytes beside the sources."""
    said = subprocess.run([linker(), "--version"], capture_output=True, text=True, check=True)
    return {
        "numba": numba.__version__, "llvmlite": llvmlite.__version__,
        "linker": re.search(r"LLD [\d.]+", said.stdout)[0],
    }  # fmt: skip


def write():
    """Build the modules and their record into `front/`; returns the record."""
    modules = built()
    sums = {name: hashlib.sha256(module).hexdigest() for name, module in modules.items()}
    record = {"sources": digest(), "modules": sums} | versions()
    for name, module in modules.items():
        (FRONT / name).write_bytes(module)
    RECORD.write_text(json.dumps(record, indent=1) + "\n")
    return record


if __name__ == "__main__":
    if sys.argv[1:]:
        build(sys.argv[1])
    else:
        print(f"wrote {' and '.join(write()['modules'])} into {FRONT.relative_to(project_root())}")
