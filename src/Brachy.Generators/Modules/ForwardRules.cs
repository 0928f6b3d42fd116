using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>Finds the Forward method of a module, and says what must hold for it.</summary>
internal static class ForwardRules
{
    private static readonly SymbolMemo<INamedTypeSymbol, IMethodSymbol[]> s_candidates = new(FindCandidates);
    private static readonly SymbolMemo<INamedTypeSymbol, Fault[]> s_faults = new(Find);
    private static readonly SymbolMemo<IMethodSymbol, bool> s_compiled = new(forward =>
        WhyNotCompiled(forward.ReturnType, isResult: true) is null && forward.Parameters.All(p => WhyNotCompiled(p.Type) is null));

    /// <summary>The method, the module's own or an inherited one, if it can be applied.</summary>
    public static IMethodSymbol? Valid(INamedTypeSymbol module) =>
        s_faults.Of(module).Length > 0 ? null : Candidates(module).FirstOrDefault();

    public static IReadOnlyList<Fault> Check(INamedTypeSymbol module) => s_faults.Of(module);

    private static Fault[] Find(INamedTypeSymbol module)
    {
        var candidates = Candidates(module);
        if (candidates.Length == 0)
        {
            return module.IsAbstract ? [] : [new(DiagnosticDescriptors.NoForward, module, module.Name, Instead(module))];
        }

        if (candidates.Length > 1)
        {
            return [new(DiagnosticDescriptors.SeveralForwards, Place(candidates[1]), module.Name)];
        }

        var forward = candidates[0];
        if (CheckMethod(forward, module) is var (problem, advice))
        {
            return [new(DiagnosticDescriptors.ForwardSignature, Place(forward), module.Name, problem, advice)];
        }

        var types = forward.Parameters.Select(p => p.Type).Append(forward.ReturnType);
        if (Visibilities.OfAll(types) < Visibilities.Of(module))
        {
            var hidden = types.First(t => Visibilities.Of(t) < Visibilities.Of(module));
            return [new(DiagnosticDescriptors.ForwardSignature, Place(forward), module.Name,
                $"takes or returns {hidden.Short()}, which is less accessible than the module", "make them equally accessible")];
        }

        var faults = new List<Fault>();
        foreach (var parameter in forward.Parameters)
        {
            if (ParameterRules.Unsupported(parameter) is var (kind, instead))
            {
                faults.Add(new(
                    DiagnosticDescriptors.ForwardSignature, Place(parameter), module.Name,
                    $"has the parameter '{parameter.Name}', which is {kind}", instead));
            }
        }

        return [.. faults];

        // What is wrong with an inherited method is also wrong with the module.
        ISymbol Place(ISymbol symbol) => SymbolEqualityComparer.Default.Equals(candidates[0].ContainingType, module) ? symbol : module;
    }

    /// <summary>Whether JitApply is written.</summary>
    public static bool IsCompiled(IMethodSymbol forward) => s_compiled.Of(forward);

    /// <summary>What of the module's own Forward keeps it from being compiled, or has it compiled too often.</summary>
    public static IEnumerable<Fault> CheckCompiled(INamedTypeSymbol module)
    {
        if (module.IsAbstract || Valid(module) is not { } forward
            || !SymbolEqualityComparer.Default.Equals(forward.ContainingType, module))
        {
            return [];
        }

        var faults = forward.Parameters.Select(p => (Symbol: (ISymbol)p, p.Type, Why: WhyNotCompiled(p.Type)))
            .Append((forward, forward.ReturnType, WhyNotCompiled(forward.ReturnType, isResult: true)))
            .SelectMany(part => part.Why is var (problem, advice)
                ? [new Fault(
                    DiagnosticDescriptors.NoJitApply, part.Symbol, module.Name, part.Symbol.Name, part.Type.Short(), problem, advice)]
                : Array.Empty<Fault>())
            .ToArray();
        return faults.Length > 0 ? faults : forward.Parameters.Where(p => p.Type.IsReal()).Select(p => new Fault(
            DiagnosticDescriptors.JitRetraces, p, p.Name, p.Type.Short(), $"'{module.Name}.JitApply'",
            "take a Tensor (numbers convert implicitly), or make it a [Static] property if that is meant"));
    }

    /// <summary>Why a compiled function cannot take or give values of a type, by the rules of [Jit] methods.</summary>
    private static (string Problem, string Advice)? WhyNotCompiled(ITypeSymbol type, bool isResult = false) =>
        HandlerExpression.Of(type) is null ? ("which transforms cannot take apart", ValueRules.Advice(type))
        : isResult ? null
        : type.Mentions(TypeMentions.IsObject) ? ("and an object may hold tensors, which transforms would not find", "write the type")
        : StaticContentCheck.Problem(type) is var (part, reason)
            ? ($"part of the compile key, but {part.Short()} {reason}, so a change would go unseen",
                "make it a record whose stored members are internal or public, or mark it [Tree]")
        : null;

    /// <summary>What a class has that was meant as Forward, perhaps.</summary>
    private static string Instead(INamedTypeSymbol module) =>
        module.GetMembers("Forward").Any(m => m is IPropertySymbol or IFieldSymbol or IEventSymbol) ? " (its 'Forward' is no method)"
        : module.GetMembers("forward").OfType<IMethodSymbol>().Any() ? " (its 'forward' begins with a small letter)"
        : module.GetMembers().OfType<IMethodSymbol>().Any(m => m.ExplicitInterfaceImplementations.Any(e => e.Name == "Forward"))
            ? " (its 'Forward' is an interface's, which only callers of the interface see)"
        : "";

    /// <summary>
    /// The public and internal methods of the nearest class that has any; a private overload may help them, unless it is the only one.
    /// </summary>
    private static IMethodSymbol[] Candidates(INamedTypeSymbol module) => s_candidates.Of(module);

    private static IMethodSymbol[] FindCandidates(INamedTypeSymbol module)
    {
        var hidden = new List<IMethodSymbol>();
        foreach (var type in ModuleBases.SelfAndBases(module))
        {
            var (visible, isFirst) = (new List<IMethodSymbol>(), hidden.Count == 0);
            foreach (var member in type.GetMembers("Forward"))
            {
                if (member is IMethodSymbol { MethodKind: MethodKind.Ordinary } method)
                {
                    if (IsVisible(method, module))
                    {
                        visible.Add(method);
                    }

                    if (isFirst)
                    {
                        hidden.Add(method);
                    }
                }
            }

            if (visible.Count > 0)
            {
                return [.. visible];
            }
        }

        return [.. hidden];
    }

    private static bool IsVisible(IMethodSymbol method, INamedTypeSymbol module) => method.DeclaredAccessibility switch
    {
        Accessibility.Public => true,
        Accessibility.Internal =>
            ModuleBases.IsOfSameProject(method, module) || method.ContainingAssembly.GivesAccessTo(module.ContainingAssembly),
        _ => false,
    };

    private static (string Problem, string Advice)? CheckMethod(IMethodSymbol forward, INamedTypeSymbol module)
    {
        if (forward.IsStatic)
        {
            return ("is static", "make it an instance method, which reads the module's properties");
        }

        if (!IsVisible(forward, module))
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
