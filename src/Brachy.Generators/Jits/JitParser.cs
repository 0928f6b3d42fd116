using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Brachy.Generators;

/// <summary>Makes the model of a [Jit] method, or nothing for a faulty one, which the analyzer reports.</summary>
internal static class JitParser
{
    public static JitModel? Parse(IMethodSymbol declared)
    {
        // Callers go by the defining part: its parameters have the default values.
        var method = JitRules.Compiled(declared.PartialDefinitionPart ?? declared);
        if (method.MethodKind != MethodKind.Ordinary || JitRules.Check(declared).Any(f => f.IsError))
        {
            return null;
        }

        var scope = TypeScope.Of(method.ContainingType);
        var hidden = Hidden(method);
        return new JitModel(
            scope,
            $"{scope.FileName}.{method.Name}Jit",
            method.Name,
            method.GetDocumentationCommentId() ?? "",
            AccessibilityOf(method),
            SignatureModel.Of(method),
            method.Parameters
                .Select(p => MemberModel.Of(p.Name, p.Type, p.Attribute("Static") is not null, p.Attribute("Donate") is not null))
                .OfType<MemberModel>()
                .ToEquatableArray(),
            HandlerExpression.Of(method.ReturnType)!,
            InterceptorRules.Parse(method),
            hidden.Method,
            hidden.Function,
            NamesFor(method),
            method.Name == "Function" ? $"{method.ContainingType.FullNotNull()}.Function" : TypeNames.Identifier(method.Name),
            method.Parameters.SelectMany(VaryingParameter.Expressions).ToEquatableArray(),
            RanksOf(method.Attribute("DataParallel")),
            Warnings.Attributes(method),
            Warnings.Ids([method, method.ContainingType]));
    }

    private static string? RanksOf(AttributeData? attribute)
    {
        if (attribute is null)
        {
            return null;
        }

        var axis = attribute.ConstructorArguments.FirstOrDefault().Value is string name ? TypeNames.Quoted(name) : "";
        return attribute.Given("Shares")?.Value is int shares ? $"new({axis}) {{ Shares = {shares} }}" : $"new({axis})";
    }

    private static EquatableArray<string> NamesFor(IMethodSymbol method)
    {
        var names = new ViewNames(method.ContainingType);
        var parameters = method.Parameters.Select(p => p.Name).ToArray();
        string[] parts =
        [
            names.Free($"{method.Name}JitCache", parameters), names.Free($"{method.Name}JitArguments", parameters),
            names.Free($"{method.Name}JitHandler", parameters),
        ];
        return parts.ToEquatableArray();
    }

    /// <summary>
    /// Whether base classes have a method and a function of the counterparts' names: in the same project they are yet to be written.
    /// </summary>
    private static (bool Method, bool Function) Hidden(IMethodSymbol method)
    {
        if (method.ContainingType.BaseType is not { SpecialType: SpecialType.None })
        {
            return (false, false);
        }

        var (name, parameters) = ($"{method.Name}Jit", Keys(method));
        var bases = Bases(method.ContainingType).ToArray();
        var compiled = bases.SelectMany(b => b.GetMembers(method.Name)).OfType<IMethodSymbol>()
            .Where(m => m.Attribute("Jit") is not null).ToArray();
        return (
            compiled.Concat(Visible(name)).Any(m => m is not IMethodSymbol other || Keys(other).SequenceEqual(parameters)),
            compiled.Length > 0 || Visible($"{name}Function").Any());

        IEnumerable<ISymbol> Visible(string name) =>
            bases.SelectMany(b => b.GetMembers(name)).Where(m => m.DeclaredAccessibility != Accessibility.Private);

        static IEnumerable<string> Keys(IMethodSymbol method) => method.Parameters.Select(p => p.Type.Key());
    }

    private static IEnumerable<INamedTypeSymbol> Bases(INamedTypeSymbol type)
    {
        for (var current = type.BaseType; current is not null; current = current.BaseType)
        {
            yield return current;
        }
    }

    /// <summary>That of the method; a private one is meant to be called compiled, so that is as visible as its types allow.</summary>
    private static string AccessibilityOf(IMethodSymbol method)
    {
        if (method.DeclaredAccessibility != Accessibility.Private)
        {
            return SyntaxFacts.GetText(method.DeclaredAccessibility);
        }

        return Visibilities.OfAll(method.Parameters.Select(p => p.Type).Append(method.ReturnType)) switch
        {
            Visibility.Public => "public",
            Visibility.Internal => "internal",
            _ => "private",
        };
    }
}
