using Brachy.Compilation;
using Brachy.CompilerServices;

namespace Brachy;

/// <summary>How a compiled version runs for some arguments.</summary>
/// <param name="Executable">What runs.</param>
/// <param name="Result">The static part of the result.</param>
/// <param name="Checks">What must be looked at after the run: the last tensor that the executable gives.</param>
internal sealed record JitRun(Executable Executable, TreeDef Result, IReadOnlyList<PendingCheck> Checks);
