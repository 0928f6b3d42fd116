using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>What must hold for a [Jit] method.</summary>
internal static class JitRules
{
    private static readonly string[] s_forTensors = ["Donate", "Varying"];

    public static IEnumerable<Fault> Check(IMethodSymbol declared)
    {
        if (WithoutEffect(declared) is { } kind)
        {
            return [new(DiagnosticDescriptors.JitWithoutEffect, PlaceOf(declared.Attribute("Jit")!), kind)];
        }

        var method = Compiled(declared);
        return CheckMethod(method).Concat(CheckResult(method)).Concat(method.Parameters.SelectMany(p => CheckParameter(p, method)));
    }

    private static Location PlaceOf(AttributeData attribute) => attribute.ApplicationSyntaxReference is { } written
        ? written.SyntaxTree.GetLocation(written.Span)
        : Location.None;

    /// <summary>What a method is that can have no counterpart, or null.</summary>
    private static string? WithoutEffect(IMethodSymbol method) => method.MethodKind switch
    {
        MethodKind.Ordinary => null,
        MethodKind.LocalFunction => $"the local function '{method.Name}'",
        MethodKind.AnonymousFunction => "a lambda",
        MethodKind.PropertyGet or MethodKind.PropertySet or MethodKind.EventAdd or MethodKind.EventRemove => "an accessor",
        MethodKind.UserDefinedOperator or MethodKind.Conversion => "an operator",
        MethodKind.Constructor or MethodKind.StaticConstructor or MethodKind.Destructor => "a constructor",
        _ => $"'{method.Name}'",
    };

    /// <summary>What is compiled of a method: of a member of an extension block, the static method that it becomes in the class.</summary>
    public static IMethodSymbol Compiled(IMethodSymbol method) => method.AssociatedExtensionImplementation ?? method;

    private static List<Fault> CheckMethod(IMethodSymbol method)
    {
        var all = new List<Fault>();
        foreach (var type in TypeScope.NotPartial(method.ContainingType))
        {
            all.Add(new(DiagnosticDescriptors.ContainingTypeNotPartial, type, type.Name, method.Name));
        }

        if (!method.IsStatic)
        {
            all.Add(new(DiagnosticDescriptors.JitInstanceMethod, method, method.Name));
        }

        if (method.IsGenericMethod)
        {
            all.Add(new(DiagnosticDescriptors.JitGeneric, method, method.Name));
        }

        var overloads = method.ContainingType.GetMembers(method.Name).OfType<IMethodSymbol>();
        if (overloads.Any(m => m.Attribute("Jit") is not null && !SymbolEqualityComparer.Default.Equals(Declared(m), Declared(method))))
        {
            all.Add(new(DiagnosticDescriptors.JitOverload, method, method.ContainingType.Name, method.Name));
        }

        if (InterceptorRules.Check(method) is { } hidden)
        {
            all.Add(hidden);
        }

        all.AddRange(GeneratedNames.OfJit(method));

        return all;
    }

    /// <summary>A partial method is one, although it is declared twice.</summary>
    private static IMethodSymbol Declared(IMethodSymbol method) => method.PartialDefinitionPart ?? method;

    private static IEnumerable<Fault> CheckResult(IMethodSymbol method)
    {
        var problem = method.ReturnsVoid ? ("nothing", "return what it computes: a compiled function has no side effects")
            : ResultRules.IsTask(method.ReturnType) ? (method.ReturnType.Short(), "return the result itself")
            : method.ReturnsByRef || method.ReturnsByRefReadonly
                || method.ReturnType.IsRefLikeType ? ("a reference or ref struct", "return a value")
            : ((string, string)?)null;
        if (problem is var (result, advice))
        {
            return [new(DiagnosticDescriptors.JitResult, method, method.Name, result, advice)];
        }

        return ValueRules.Check(method, method.ReturnType) is { } fault ? [fault] : [];
    }

    private static IEnumerable<Fault> CheckParameter(IParameterSymbol parameter, IMethodSymbol method)
    {
        if (ParameterRules.Unsupported(parameter) is var (kind, unsupportedAdvice))
        {
            return [new(DiagnosticDescriptors.JitParameter, parameter, parameter.Name, method.Name, kind, unsupportedAdvice)];
        }

        var faults = new List<Fault>();
        var holdsTensors = parameter.Type.HoldsTensors();
        var isStatic = parameter.Attribute("Static") is not null;
        if (isStatic && holdsTensors)
        {
            faults.Add(new(
                DiagnosticDescriptors.StaticHoldsTensors, parameter, parameter.Name, parameter.Type.Short(),
                ValueRules.StaticAdvice(parameter.Type, "remove the attribute")));
        }
        else if (ValueRules.Check(parameter, parameter.Type) is { } fault)
        {
            faults.Add(fault);
        }
        else if (!isStatic
            && ValueRules.CheckObject(parameter.Name, parameter.Locations[0], parameter.Type, canBeStatic: true) is { } unknown)
        {
            faults.Add(unknown);
        }
        else if (StaticContentCheck.Problem(parameter.Type) is var (type, reason))
        {
            faults.Add(new(DiagnosticDescriptors.StaticArgument, parameter, parameter.Name, type.Short(), reason));
        }

        if (!isStatic && parameter.Type.IsReal())
        {
            faults.Add(new(DiagnosticDescriptors.JitRetraces, parameter, parameter.Name, parameter.Type.Short(), $"'{method.Name}'",
                "take a Tensor (numbers convert implicitly), or mark it [Static] if that is meant"));
        }

        if (!holdsTensors && parameter.Type.TypeKind != TypeKind.TypeParameter)
        {
            faults.AddRange(s_forTensors.Where(attribute => parameter.Attribute(attribute) is not null).Select(attribute => new Fault(
                DiagnosticDescriptors.AttributeWithoutTensors, parameter, parameter.Name, parameter.Type.Short(), attribute)));
        }

        return faults;
    }
}
