using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>Finds the Forward method of a module, and says what must hold for it.</summary>
internal static class ForwardRules
{
    public static IMethodSymbol? Find(INamedTypeSymbol module) => Candidates(module).FirstOrDefault();

    public static IEnumerable<Fault> Check(INamedTypeSymbol module)
    {
        var candidates = Candidates(module).ToArray();
        if (candidates.Length == 0)
        {
            return [new(DiagnosticDescriptors.NoForward, module, module.Name)];
        }

        if (candidates.Length > 1)
        {
            return [new(DiagnosticDescriptors.SeveralForwards, candidates[1], module.Name)];
        }

        var forward = candidates[0];
        if (CheckMethod(forward) is var (problem, advice))
        {
            return [new(DiagnosticDescriptors.ForwardSignature, forward, module.Name, problem, advice)];
        }

        var hidden = forward.Parameters.Select(p => p.Type).Append(forward.ReturnType).FirstOrDefault(t => Visibilities.Of(t) < Visibilities.Of(module));
        if (hidden is not null)
        {
            return [new(DiagnosticDescriptors.ForwardSignature, forward, module.Name,
                $"takes or returns {hidden.Short()}, which is less accessible than the module", "make them equally accessible")];
        }

        return forward.Parameters
            .Where(p => ParameterRules.Unsupported(p) is not null)
            .Select(p => new Fault(
                DiagnosticDescriptors.ForwardSignature,
                p,
                module.Name,
                $"has the parameter '{p.Name}', which is {ParameterRules.Unsupported(p)!.Value.Kind}",
                ParameterRules.Unsupported(p)!.Value.Advice));
    }

    /// <summary>The public and internal methods; a private overload may help them, unless it is the only one.</summary>
    private static IEnumerable<IMethodSymbol> Candidates(INamedTypeSymbol module)
    {
        var all = module.GetMembers("Forward").OfType<IMethodSymbol>().Where(m => m.MethodKind == MethodKind.Ordinary).ToArray();
        var visible = all.Where(IsVisible).ToArray();
        return visible.Length > 0 ? visible : all;
    }

    private static bool IsVisible(IMethodSymbol method) => method.DeclaredAccessibility is Accessibility.Public or Accessibility.Internal;

    private static (string Problem, string Advice)? CheckMethod(IMethodSymbol forward)
    {
        if (forward.IsStatic)
        {
            return ("is static", "make it an instance method, which reads the module's properties");
        }

        if (!IsVisible(forward))
        {
            return ("is neither public nor internal", "make it public");
        }

        if (forward.IsGenericMethod)
        {
            return ("has type parameters", "write the types, or give the class the type parameters");
        }

        if (forward.IsAsync || ResultRules.IsTask(forward.ReturnType))
        {
            return ("is asynchronous", "return the result itself");
        }

        if (forward.ReturnsVoid)
        {
            return ("returns nothing", "return the output");
        }

        return forward.ReturnsByRef || forward.ReturnsByRefReadonly || forward.ReturnType.IsRefLikeType
            ? ("returns a reference or ref struct", "return a tensor, a tree or a tuple of them")
            : null;
    }
}
