using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Brachy.Generators;

/// <summary>Recognizes code whose effect or result differs from call to call although its arguments are the same.</summary>
internal static class ImpureCode
{
    private const string Print = "return what to print, and print it outside";
    private const string Time = "measure outside, or pass the value in";
    private const string Outside = "do it outside, and pass the value in";
    private const string Draw = "draw with Brachy's functions, such as F.rand and F.randn, or pass the value in";
    private const string Fill =
        "fill it outside, or let a function of the key alone make what it keeps, which may be no tensors: while tracing they have no "
        + "values";

    private const string Return = "return the new value, and keep it outside";

    private static readonly HashSet<string> s_changes =
    [
        "Add", "AddRange", "AddFirst", "AddLast", "AddBefore", "AddAfter", "AddOrUpdate", "Append", "AppendLine", "AppendFormat",
        "AppendJoin", "Clear", "Dequeue", "Enqueue", "EnqueueDequeue", "ExceptWith", "GetOrAdd", "Insert", "InsertRange", "IntersectWith",
        "Pop", "Push", "Remove", "RemoveAll", "RemoveAt", "RemoveFirst", "RemoveLast", "RemoveRange", "RemoveWhere", "Replace", "Reverse",
        "SetAll", "Sort", "SymmetricExceptWith", "TryAdd", "TryDequeue", "TryPop", "TryRemove", "TryTake", "TryUpdate", "UnionWith",
    ];

    public static (string Effect, string Advice)? Of(IOperation operation, TracedFunction function) => operation switch
    {
        IInvocationOperation call => OfCall(call, function),
        IPropertyReferenceOperation property => OfStatic(property.Property),
        IObjectCreationOperation { Type: INamedTypeSymbol type } creation => OfCreation(type, creation) ?? OfWrites(creation.Arguments),
        IArgumentOperation => null,
        _ => Memos.IsLazy(operation, function) ? null : OfWrites([operation]),
    };

    /// <summary>Whether a static member gives something else from call to call, or does something.</summary>
    public static bool Differs(ISymbol member) => OfStatic(member) is not null;

    private static (string, string)? OfCall(IInvocationOperation call, TracedFunction function)
    {
        var method = call.TargetMethod;
        if (call.Instance is null)
        {
            return OfStatic(method) ?? OfWrites(call.Arguments);
        }

        if (method.ContainingType.IsSystem("Random", "System") && IsFromOutside(call.Instance, function))
        {
            return ($"Random.{method.Name}", Draw);
        }

        if (!IsChange(method) || StaticIn(call.Instance) is not { } changed)
        {
            return OfWrites(call.Arguments);
        }

        return Memos.IsMemo(call, function) ? null : method.Name == "GetOrAdd" ? (Changed(changed).Effect, Fill) : Changed(changed);
    }

    private static (string, string)? OfStatic(ISymbol member)
    {
        if (!member.IsStatic || member.ContainingType is not { } type)
        {
            return null;
        }

        var advice = type.Name switch
        {
            "Console" when type.IsSystem("Console", "System") => Print,
            "Debug" or "Trace" when member.Name.StartsWith("Write", System.StringComparison.Ordinal)
                && type.IsSystem(type.Name, "System.Diagnostics") => Print,
            "DateTime" or "DateTimeOffset" when member.Name is "Now" or "UtcNow" or "Today" && type.IsSystem(type.Name, "System") => Time,
            "TimeProvider" when type.IsSystem("TimeProvider", "System") => Time,
            "Stopwatch" when type.IsSystem("Stopwatch", "System.Diagnostics") => Time,

            // The same as long as the process runs.
            "Environment" when member.Name is not ("NewLine" or "ProcessorCount" or "Is64BitProcess" or "OSVersion" or "Version")
                && type.IsSystem("Environment", "System") => Outside,
            "Random" when member.Name == "Shared" && type.IsSystem("Random", "System") => Draw,
            "Guid" when member.Name is "NewGuid" or "CreateVersion7" && type.IsSystem("Guid", "System") => Outside,
            "RandomNumberGenerator" when type.IsSystem("RandomNumberGenerator", "System.Security.Cryptography") => Draw,
            "File" or "Directory" when type.IsSystem(type.Name, "System.IO") => Outside,
            "Path" when member.Name is "GetTempFileName" or "GetRandomFileName" && type.IsSystem("Path", "System.IO") => Outside,
            "Thread" when member.Name == "Sleep" && type.IsSystem("Thread", "System.Threading") => "wait outside",
            "torch"
                when member.Name is "rand" or "randn" or "randint" or "randperm" or "rand_like" or "randn_like" or "normal" or "manual_seed"
                    && type.IsSystem("torch", "TorchSharp") => Draw,
            _ => null,
        };
        return advice is null ? null : ($"{type.Name}.{member.Name}", advice);
    }

    private static (string, string)? OfCreation(INamedTypeSymbol type, IObjectCreationOperation creation)
    {
        var advice = type.Name switch
        {
            // One with a seed gives the same numbers each time.
            "Random" when creation.Arguments.Length == 0 && type.IsSystem("Random", "System") => Draw,
            "Stopwatch" when type.IsSystem("Stopwatch", "System.Diagnostics") => Time,
            "FileStream" or "StreamReader" or "StreamWriter" or "FileInfo" or "DirectoryInfo" when type.IsSystem(type.Name, "System.IO") =>
                Outside,
            _ => null,
        };
        return advice is null ? null : ($"new {type.Name}", advice);
    }

    private static (string, string)? OfWrites(IEnumerable<IOperation> operations) =>
        operations.SelectMany(Writes.Of).Select(StaticIn).FirstOrDefault(place => place is not null) is { } changed
            ? Changed(changed)
            : null;

    private static (string Effect, string Advice) Changed(ISymbol place) =>
        ($"a change of {place.ContainingType.Name}.{place.Name}", Return);

    /// <summary>The static field or property that a place is, or is a part of.</summary>
    private static ISymbol? StaticIn(IOperation place) => place switch
    {
        IFieldReferenceOperation { Instance: null, Field: { IsStatic: true, IsConst: false } field } => field,
        IPropertyReferenceOperation { Instance: null, Property: { IsStatic: true } property } => property,
        IEventReferenceOperation { Instance: null, Event: var changed } => changed,
        IMemberReferenceOperation { Instance: { } instance } => StaticIn(instance),
        IArrayElementReferenceOperation element => StaticIn(element.ArrayReference),
        IConversionOperation { OperatorMethod: null } conversion => StaticIn(conversion.Operand),
        _ => null,
    };

    /// <summary>Whether a method changes the collection or text that it is called on.</summary>
    public static bool IsChange(IMethodSymbol method) => s_changes.Contains(method.Name)
        && method.ContainingType.ContainingNamespace.ToDisplayString() is var space
        && (space == "System.Text" || (space.StartsWith("System.Collections", System.StringComparison.Ordinal)
            && (!ContentRules.IsImmutableCollection(method.ContainingType) || method.ContainingType.Name == "Builder")));

    private static bool IsFromOutside(IOperation random, TracedFunction function) => random switch
    {
        IFieldReferenceOperation => true,
        IPropertyReferenceOperation { Property.Name: not "Shared" } => true,
        ILocalReferenceOperation { Local: var local } => function.Captures(local),
        IParameterReferenceOperation => true,
        _ => false,
    };

    private static bool IsSystem(this INamedTypeSymbol type, string name, string space) =>
        type.Name == name && type.ContainingType is null && type.ContainingNamespace.ToDisplayString() == space;
}
