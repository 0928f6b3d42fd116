using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Brachy.Generators;

/// <summary>A side effect that a function has through one that it calls.</summary>
/// <param name="Call">The call in the function.</param>
/// <param name="Effect">What happens, and where.</param>
/// <param name="Advice">What to do.</param>
/// <param name="Place">Where it happens.</param>
internal sealed record HelperEffect(IOperation Call, string Effect, string Advice, Location Place);

/// <summary>
/// Finds side effects in the methods and properties of the project that traced functions call. Each is looked at once, however many call
/// it, and calls of calls are followed up to a depth.
/// </summary>
internal sealed class HelperEffects(MemberBodies bodies)
{
    private const int Depth = 5;

    private readonly ConcurrentDictionary<IMethodSymbol, Helper> _known = new(SymbolEqualityComparer.Default);

    public IEnumerable<HelperEffect> Of(TracedFunction function, INamedTypeSymbol? type, CancellationToken cancellation) =>
        CalledCode.Of(function.Body)
            // A write of something static is reported as that.
            .Where(call => call is not { Method: { MethodKind: MethodKind.PropertySet, IsStatic: true } })
            .Select(call => Find(call, type, cancellation) is var (place, where)
                ? new HelperEffect(call.Call, $"{place.Effect} in '{where}' ({LineOf(place.Place, call.Call)})", place.Advice, place.Place)
                : null)
            .OfType<HelperEffect>();

    /// <summary>The nearest effect: in the method itself, or in those that it calls.</summary>
    private (ImpurePlace Place, string Where)? Find(KnownCall first, INamedTypeSymbol? type, CancellationToken cancellation)
    {
        var seen = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default);
        IEnumerable<KnownCall> calls = [first];
        for (var depth = 0; depth < Depth; depth++)
        {
            var next = new List<KnownCall>();
            foreach (var call in calls)
            {
                var method = call.IsVirtual && type is not null ? CalledCode.Reached(call.Method, type) : call.Method;
                if (TracedCode.Of(method) != TracedKind.None || !seen.Add(method.OriginalDefinition))
                {
                    // Those that are traced themselves are reported by themselves.
                    continue;
                }

                var helper = Of(method.OriginalDefinition, cancellation);
                if (helper.Place is { } place)
                {
                    return (place, NameOf(method));
                }

                next.AddRange(helper.Calls);
            }

            calls = next;
        }

        return null;
    }

    private Helper Of(IMethodSymbol method, CancellationToken cancellation) => _known.GetOrAdd(method, _ =>
    {
        if (method.DeclaringSyntaxReferences.Length == 0 || bodies.OperationOf(method, cancellation) is not { } body
            || TracedCodeAnalyzer.AsksWhetherTraced(body))
        {
            return Helper.Harmless;
        }

        var function = new TracedFunction(TracedKind.Compiled, "", body);
        foreach (var operation in body.Descendants())
        {
            if (ImpureCode.Of(operation, function) is var (effect, advice))
            {
                return new(new(effect, advice, operation.Syntax.GetLocation()), []);
            }
        }

        return new(null, [.. CalledCode.Of(body)]);
    });

    private static string NameOf(IMethodSymbol method) => method.AssociatedSymbol?.Name ?? method.Name;

    private static string LineOf(Location place, IOperation call)
    {
        var line = $"line {place.GetLineSpan().StartLinePosition.Line + 1}";
        return place.SourceTree == call.Syntax.SyntaxTree ? line : $"{Path.GetFileName(place.GetLineSpan().Path)}, {line}";
    }

    private sealed record ImpurePlace(string Effect, string Advice, Location Place);

    private sealed record Helper(ImpurePlace? Place, ImmutableArray<KnownCall> Calls)
    {
        public static Helper Harmless { get; } = new(null, []);
    }
}
