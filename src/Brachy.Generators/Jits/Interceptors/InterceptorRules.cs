using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>Whether calls of a [Jit] method are led to the compiled one, and whether they can be.</summary>
internal static class InterceptorRules
{
    public static bool IsWanted(IMethodSymbol method) =>
        method.Attribute("Jit")?.Given("Intercept")?.Value is true;

    /// <summary>Whether calls of a method run the compiled one.</summary>
    public static bool IsLed(IMethodSymbol method) =>
        IsWanted(method) && JitRules.Compiled(method.OriginalDefinition) is { IsStatic: true } compiled && HiddenBy(compiled) is null;

    /// <summary>The fault that code elsewhere in the project cannot see the compiled method.</summary>
    public static Fault? Check(IMethodSymbol method)
    {
        if (!IsWanted(method) || HiddenBy(method) is not var (what, advice))
        {
            return null;
        }

        return new(DiagnosticDescriptors.InterceptedHidden, method, method.Name, what, advice);
    }

    public static InterceptorModel? Parse(IMethodSymbol method)
    {
        if (!IsWanted(method) || HiddenBy(method) is not null)
        {
            return null;
        }

        var type = method.ContainingType;
        var parameters = TypeParameters(type).ToArray();
        return new InterceptorModel(
            method.GetDocumentationCommentId() ?? "",
            method.Name,
            parameters.Length == 0 ? "" : $"<{string.Join(", ", parameters.Select(p => TypeNames.Identifier(p.Name)))}>",
            parameters.Select(Constraints).Where(text => text.Length > 0).ToEquatableArray(),
            SignatureModel.Of(method),
            $"{type.FullNotNull()}.{method.Name}Jit");
    }

    private static (string What, string Advice)? HiddenBy(IMethodSymbol method)
    {
        for (var type = method.ContainingType; type is not null; type = type.ContainingType)
        {
            if (IsHidden(type.DeclaredAccessibility))
            {
                return ($"the type '{type.Name}' around it is {SyntaxOf(type.DeclaredAccessibility)}", $"make '{type.Name}' internal");
            }
        }

        var hidden = method.Parameters.Select(p => p.Type).Append(method.ReturnType)
            .FirstOrDefault(type => Visibilities.Of(type) == Visibility.Private);
        return hidden is not null ? ($"the type '{hidden.Short()}' is private", $"make '{hidden.Short()}' internal")
            : method.DeclaredAccessibility != Accessibility.Private && IsHidden(method.DeclaredAccessibility)
                ? ($"it is {SyntaxOf(method.DeclaredAccessibility)}", "make it internal or private")
            : null;
    }

    private static string SyntaxOf(Accessibility accessibility) =>
        Microsoft.CodeAnalysis.CSharp.SyntaxFacts.GetText(accessibility);

    private static bool IsHidden(Accessibility accessibility) =>
        accessibility is Accessibility.Private or Accessibility.Protected or Accessibility.ProtectedAndInternal;

    private static IEnumerable<ITypeParameterSymbol> TypeParameters(INamedTypeSymbol type) =>
        (type.ContainingType is { } outer ? TypeParameters(outer) : []).Concat(type.TypeParameters);

    private static string Constraints(ITypeParameterSymbol parameter)
    {
        var first = parameter.HasUnmanagedTypeConstraint ? "unmanaged"
            : parameter.HasValueTypeConstraint ? "struct"
            : parameter.HasNotNullConstraint ? "notnull"
            : parameter.HasReferenceTypeConstraint
                ? parameter.ReferenceTypeConstraintNullableAnnotation == NullableAnnotation.Annotated ? "class?" : "class"
            : null;
        var all = (first is null ? [] : new[] { first })
            .Concat(parameter.ConstraintTypes.Select((type, i) => parameter.ConstraintNullableAnnotations[i] == NullableAnnotation.Annotated
                ? type.WithNullableAnnotation(NullableAnnotation.Annotated).Full()
                : type.Full()))
            .Concat(parameter.HasConstructorConstraint ? ["new()"] : [])
            .ToArray();
        return all.Length == 0 ? "" : $"where {TypeNames.Identifier(parameter.Name)} : {string.Join(", ", all)}";
    }
}
