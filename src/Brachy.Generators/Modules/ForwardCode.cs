using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>Code that runs when Forward of a module runs.</summary>
/// <param name="Method">Forward, or what it calls.</param>
/// <param name="Body">Its code.</param>
/// <param name="Entry">The call in the module's own code through which it runs, or null where it is that itself.</param>
internal sealed record ForwardBody(IMethodSymbol Method, IOperation Body, IOperation? Entry);

/// <summary>
/// Follows calls from Forward of a module: to methods and properties of the same object, as this class has them, and to static ones of
/// the project.
/// </summary>
internal sealed class ForwardCode(MemberBodies bodies)
{
    private const int Depth = 8;

    public IEnumerable<ForwardBody> Of(INamedTypeSymbol module, CancellationToken cancellation)
    {
        var own = module.GetMembers("Forward").OfType<IMethodSymbol>().Where(IsForward).ToArray();
        var inherited = own.Length > 0 || ForwardRules.Valid(module) is not { } forward ? [] : new[] { forward };
        var seen = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default);
        var waiting = new Queue<(IMethodSymbol Method, IOperation? Entry, int Depth)>(
            own.Concat(inherited).Select(m => (m, (IOperation?)null, 0)));
        while (waiting.Count > 0)
        {
            var (method, entry, depth) = waiting.Dequeue();
            if (!seen.Add(method.OriginalDefinition) || depth > Depth || bodies.OperationOf(method, cancellation) is not { } body)
            {
                continue;
            }

            yield return new(method, body, entry);
            var isOwn = SymbolEqualityComparer.Default.Equals(method.ContainingType.OriginalDefinition, module.OriginalDefinition);
            foreach (var call in CalledCode.Of(body))
            {
                var reached = call.IsVirtual ? CalledCode.Reached(call.Method, module) : call.Method;
                if (reached.Attribute("Jit") is null && (reached.IsStatic || reached.ContainingType.IsExtension || IsOfModule(reached)))
                {
                    waiting.Enqueue((reached, IsOwn(reached) ? null : isOwn ? call.Call : entry, depth + 1));
                }
            }
        }

        // What every module has keeps the tree.
        bool IsOfModule(IMethodSymbol method) => ModuleBases.SelfAndBases(module)
            .Any(t => SymbolEqualityComparer.Default.Equals(t.OriginalDefinition, method.ContainingType.OriginalDefinition));

        bool IsOwn(IMethodSymbol method) =>
            SymbolEqualityComparer.Default.Equals(method.ContainingType.OriginalDefinition, module.OriginalDefinition);
    }

    public static bool IsForward(IMethodSymbol method) => method is { IsStatic: false, Name: "Forward", MethodKind: MethodKind.Ordinary };
}
