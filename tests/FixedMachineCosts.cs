using System.Runtime.CompilerServices;

namespace Brachy.Tests;

/// <summary>What processes that tests start compile by.</summary>
internal static class FixedMachineCosts
{
#pragma warning disable CA2255 // It must run before any test starts a process.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Initialize() => Environment.SetEnvironmentVariable("BRACHY_MACHINE_COSTS", "fixed");
}
