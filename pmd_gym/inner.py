"""Compilation of kernels that only other kernels call: typed and lowered once, never turned into machine code alone.

Numba emits every function it compiles together with everything that function calls, so a chain of n kernels is
optimized n times. Here the inner links of such a chain stay LLVM modules; the kernel that Python calls links them all
and is optimized and emitted once. This halves the time of a cold start.

Uses Numba's own classes below the surface that its manual describes (custom compilers, pass managers), which is why
`setup.cfg` pins the versions of Numba it was tried with. Nothing here knows what the kernels compute.
"""

from __future__ import annotations

from typing import Any

import numba
from numba.core import cgutils
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import register_pass
from numba.core.typed_passes import NativeLowering
from numba.extending import intrinsic, overload

from pmd_gym.compiled import prefetch

_NUMBA: Any = numba
_CGUTILS: Any = cgutils
_RECORD: Any = numba.types.Record
_spell_out = _RECORD.__repr__
_TEXTS: dict[int, str] = {}


def _spell_out_once(record: Any) -> str:
    """The text of a record type, made once: Numba asks for it at every operator, and a console's has 30,000 letters."""
    if record._code not in _TEXTS:
        _TEXTS[record._code] = _spell_out(record)
    return _TEXTS[record._code]


_RECORD.__repr__ = _spell_out_once


class _Entry:
    """Stands for the entry point of a kernel that has none; Numba uses it as a key only."""


class _InnerLibrary(JITCodeLibrary):
    """The LLVM module of one inner kernel, which remembers what it calls."""

    def finalize(self) -> None:
        """Nothing is linked, optimized or emitted yet."""
        self._raise_if_finalized()
        self._finalized = True

    def _get_module_for_linking(self) -> Any:
        """A module with this kernel and all that it calls, directly or not."""
        module = self.own_module().clone()
        for library in self._callees():
            part = library.own_module() if isinstance(library, _InnerLibrary) else library._get_module_for_linking()
            module.link_in(part, preserve=True)
        return module

    def own_module(self) -> Any:
        """The module of this kernel alone, fit to be linked into many others."""
        return super()._get_module_for_linking()

    def _callees(self) -> list[Any]:
        """Libraries that this one needs, each once, itself left out."""
        found: dict[Any, None] = {}
        waiting = list(self._linking_libraries)
        while waiting:
            library = waiting.pop()
            if library is not self and library not in found:
                found[library] = None
                if isinstance(library, _InnerLibrary):
                    waiting += library._linking_libraries
        return list(found)


@register_pass(mutates_CFG=True, analysis_only=False)
class _InnerLowering(NativeLowering):
    """Numba's lowering, ended before machine code is made."""

    _name = "inner_lowering"

    def run_pass(self, state: Any) -> bool:
        state.library = _InnerLibrary(state.targetctx.codegen(), state.func_id.func_qualname)
        state.flags.no_compile = True
        super().run_pass(state)
        entry, lowered = _Entry(), state["cr"]
        state.targetctx.insert_user_function(entry, lowered.fndesc, [state.library])
        state["cr"] = lowered._replace(cfunc=entry)
        return True


class _ProgramLibrary(JITCodeLibrary):
    """The machine code of a kernel that Python calls, which alone calls the inner kernels linked into it."""

    def _optimize_final_module(self) -> None:
        """Say so to LLVM, which then inlines what is called once and drops what is not.

        Numba optimizes twice, to find reference counts that cancel out; kernels keep hardly any.
        """
        for function in self._final_module.functions:
            if not function.is_declaration and function.linkage.name == "linkonce_odr":
                function.linkage = "internal"
        passes, builder = self._codegen._module_pass_manager()
        passes.run(self._final_module, builder)


def _line_request(typing_context: Any, record: Any, offset: Any) -> Any:
    """LLVM's prefetch of the cache line `offset` bytes into a record, to be read soon."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        ir = _CGUTILS.ir
        byte, word = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, word, word, word])
        function = builder.module.declare_intrinsic("llvm.prefetch", [byte], kind)
        place = builder.gep(builder.bitcast(arguments[0], byte), [arguments[1]])
        builder.call(function, [place, word(0), word(3), word(1)])
        return context.get_dummy_value()

    return numba.types.void(record, offset), generate


_ask_for_line: Any = intrinsic(_line_request)


@overload(prefetch)
def _compiled_prefetch(record: Any, offset: Any) -> Any:
    def ask(record: Any, offset: Any) -> Any:
        _ask_for_line(record, offset)

    return ask


@register_pass(mutates_CFG=True, analysis_only=False)
class _ProgramLowering(NativeLowering):
    """Numba's lowering into the library above."""

    _name = "program_lowering"

    def run_pass(self, state: Any) -> bool:
        state.library = _ProgramLibrary(state.targetctx.codegen(), state.func_id.func_qualname)
        state.library.enable_object_caching()
        return bool(super().run_pass(state))


class _InnerCompiler(CompilerBase):
    """Numba's pipeline for kernels that only kernels call."""

    lowering: Any = _InnerLowering

    def define_pipelines(self) -> list[Any]:
        manager = DefaultPassBuilder.define_nopython_pipeline(self.state)
        manager.passes = [
            (self.lowering, text) if step is NativeLowering else (step, text) for step, text in manager.passes
        ]
        manager.finalize()
        return [manager]


class ProgramCompiler(_InnerCompiler):
    """Numba's pipeline for kernels that Python calls."""

    lowering = _ProgramLowering


def inner_dispatcher(function: Any) -> Any:
    """A Numba dispatcher of `function` for calls from other kernels only; its integers are all int64.

    Numba else compiles a called kernel again for every literal and every mix of uint8, int16 and int64 arguments, which
    multiplies the time of a cold start; the integers of the RAM all fit into int64.
    """
    jit = _NUMBA.njit(
        nogil=True, no_cfunc_wrapper=True, no_cpython_wrapper=True, _nrt=False, pipeline_class=_InnerCompiler
    )
    dispatcher = jit(function)
    original = dispatcher.get_call_template

    def get_call_template(args: Any, kws: Any) -> Any:
        return original(tuple(map(_widened, args)), {name: _widened(kind) for name, kind in dict(kws).items()})

    def add_overload(result: Any) -> None:
        dispatcher.overloads[tuple(result.signature.args)] = result

    dispatcher.get_call_template, dispatcher.add_overload = get_call_template, add_overload
    return dispatcher


def _widened(kind: Any) -> Any:
    plain = _NUMBA.types.unliteral(kind)
    return _NUMBA.types.int64 if isinstance(plain, _NUMBA.types.Integer) else plain
