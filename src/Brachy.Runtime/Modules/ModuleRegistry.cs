using System.Collections.Concurrent;
using System.ComponentModel;
using Brachy.Trees;

namespace Brachy.CompilerServices;

/// <summary>
/// The apply functions of module classes by their full names: how a checkpoint finds what its nodes compute. Generated code registers
/// each <c>[Module]</c> class that is not generic when its assembly is loaded; nothing is looked up by reflection.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ModuleRegistry
{
    private static readonly ConcurrentDictionary<string, Lazy<ApplyFn>> s_functions = new(StringComparer.Ordinal);

    // The only function of the library that is not one of a module class.
    static ModuleRegistry() => Register(StructureTree.PassThrough);

    /// <summary>Registers a function under its own name. A later one of the same name takes its place.</summary>
    public static void Register(ApplyFn function)
    {
        ArgumentNullException.ThrowIfNull(function);
        s_functions[function.Name] = new Lazy<ApplyFn>(function);
    }

    /// <summary>Registers a function that is made when it is first looked up.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="function">Gives the function.</param>
    public static void Register(string name, Func<ApplyFn> function)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(function);
        s_functions[name] = new Lazy<ApplyFn>(function);
    }

    /// <summary>The function of a name, or null.</summary>
    public static ApplyFn? Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return s_functions.TryGetValue(name, out var function) ? function.Value : null;
    }
}
