using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Brachy.Generators;

/// <summary>What a function does through one that it calls.</summary>
/// <param name="Call">The call in the function.</param>
/// <param name="Finding">What is found there; its name says where.</param>
internal sealed record HelperFinding(IOperation Call, Finding Finding);

/// <summary>
/// Looks into the methods and properties of the project that traced functions call. Each is looked at once for all calls with tensors from
/// the same places, however many there are, and calls of calls are followed up to a depth.
/// </summary>
internal sealed class HelperFindings(MemberBodies bodies)
{
    private const int Depth = 5;

    private readonly ConcurrentDictionary<IMethodSymbol, ConcurrentDictionary<Use, Helper>> _known = new(SymbolEqualityComparer.Default);

    /// <summary>The nearest of each kind, for each call: in the method itself, or in those that it calls.</summary>
    public IEnumerable<HelperFinding> Of(TracedFunction function, INamedTypeSymbol? type, CancellationToken cancellation) =>
        CalledCode.Of(function.Body)
            // A write of something static is reported as that.
            .Where(call => call is not { Method: { MethodKind: MethodKind.PropertySet, IsStatic: true } })
            .SelectMany(call => Find(call, function, type, cancellation).Select(found => new HelperFinding(call.Call, found.Finding with
            {
                What = $"{found.Finding.What} in '{found.Where}' ({LineOf(found.Finding.Place, call.Call)})",
            })));

    private List<(Finding Finding, string Where)> Find(
        KnownCall first, TracedFunction function, INamedTypeSymbol? type, CancellationToken cancellation)
    {
        var found = new List<(Finding Finding, string Where)>();
        var seen = new HashSet<Helper>();
        var calls = new List<(KnownCall Call, TracedFunction From)> { (first, function) };
        for (var depth = 0; depth < Depth && calls.Count > 0; depth++)
        {
            var next = new List<(KnownCall Call, TracedFunction From)>();
            foreach (var (call, from) in calls)
            {
                var method = call.IsVirtual && type is not null ? CalledCode.Reached(call.Method, type) : call.Method;
                if (TracedCode.Of(method) != TracedKind.None)
                {
                    // Those that are traced themselves are reported by themselves.
                    continue;
                }

                var helper = Of(method.OriginalDefinition, call, from, cancellation);
                if (seen.Add(helper))
                {
                    found.AddRange(helper.Findings.Where(f => found.All(other => other.Finding.Kind != f.Kind))
                        .Select(f => (f, NameOf(method))));
                    next.AddRange(helper.Calls.Select(inner => (inner, helper.Function!)));
                }
            }

            calls = next;
        }

        return found;
    }

    private Helper Of(IMethodSymbol method, KnownCall call, TracedFunction from, CancellationToken cancellation)
    {
        if (method.DeclaringSyntaxReferences.Length == 0)
        {
            return Helper.Harmless;
        }

        var known = ArgumentValues.Of(call, method.PartialImplementationPart ?? method, from);
        return _known.GetOrAdd(method, _ => new()).GetOrAdd(new(from.Kind, from.MayFreeze, ArgumentValues.Key(known)), _ =>
        {
            if (bodies.OperationOf(method, cancellation) is not { } body || TracedCodeAnalyzer.AsksWhetherTraced(body))
            {
                return Helper.Harmless;
            }

            var function = new TracedFunction(from.Kind, "", body) { MayFreeze = from.MayFreeze, WithValues = known };
            var findings = body.Descendants().Select(operation => Finding.Of(operation, function)).OfType<Finding>()
                .GroupBy(f => f.Kind).Select(kind => kind.First());
            return new(function, [.. findings], [.. CalledCode.Of(body)]);
        });
    }

    private static string NameOf(IMethodSymbol method) => method.AssociatedSymbol?.Name ?? method.Name;

    private static string LineOf(Location place, IOperation call)
    {
        var line = $"line {place.GetLineSpan().StartLinePosition.Line + 1}";
        return place.SourceTree == call.Syntax.SyntaxTree ? line : $"{Path.GetFileName(place.GetLineSpan().Path)}, {line}";
    }

    /// <summary>What makes a difference for what is found in a method.</summary>
    /// <param name="Kind">How the function around is traced.</param>
    /// <param name="MayFreeze">Whether what it captures is meant to be kept.</param>
    /// <param name="WithValues">The arguments that are not traced.</param>
    private readonly record struct Use(TracedKind Kind, bool MayFreeze, string WithValues);

    private sealed class Helper(TracedFunction? function, ImmutableArray<Finding> findings, ImmutableArray<KnownCall> calls)
    {
        public static Helper Harmless { get; } = new(null, [], []);

        public TracedFunction? Function { get; } = function;

        public ImmutableArray<Finding> Findings { get; } = findings;

        public ImmutableArray<KnownCall> Calls { get; } = calls;
    }
}
