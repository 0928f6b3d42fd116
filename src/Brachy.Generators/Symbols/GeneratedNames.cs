using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>The one check that declarations of users leave to generated code the names that it declares.</summary>
internal static class GeneratedNames
{
    private const string Tree = "global::Brachy.StructureTree";
    private const string Config = "global::Brachy.GlobalConfig";

    private static readonly SymbolMemo<INamedTypeSymbol, Name[]> s_names = new(module => [.. NamesOf(module)]);

    /// <summary>What of a module has a name of its generated half.</summary>
    public static IEnumerable<Fault> OfModule(INamedTypeSymbol module)
    {
        var members = OfGeneratedHalf(module);
        return Check(module, members, module.Name).Concat(ModuleBases.Of(module).Where(b => ModuleBases.IsOfSameProject(b, module))
            .SelectMany(b => Inherited(b, members).Select(member => new Fault(
                DiagnosticDescriptors.GeneratedName, module, Written(member), module.Name, $"its base '{b.Short()}' declares it too",
                "give that another name"))));
    }

    /// <summary>Whether the generated half of a module declares a name, so that a member of that name is reported for it.</summary>
    public static bool IsOfModule(INamedTypeSymbol module, string name) => OfGeneratedHalf(module).Any(written => written.Text == name);

    /// <summary>What of a [Tree] type has a name of its generated half.</summary>
    public static IEnumerable<Fault> OfTree(INamedTypeSymbol type) => Check(type, [new("TreeHandler", null)], type.Name);

    /// <summary>What has the name of the compiled counterpart of a [Jit] method.</summary>
    public static IEnumerable<Fault> OfJit(IMethodSymbol method) => Check(
        method.ContainingType,
        [new($"{method.Name}Jit", Keys(method)), new($"{method.Name}JitFunction", null)],
        method.Name);

    private static Name[] OfGeneratedHalf(INamedTypeSymbol module) => s_names.Of(module);

    private static IEnumerable<Name> NamesOf(INamedTypeSymbol module)
    {
        yield return new(".ctor", ["global::Brachy.ModuleBinding"]);
        if (ModuleRules.Properties(module).Any(
            p => PropertyRoles.Of(p) == PropertyRole.Config && p.Attribute("Config")!.NamedArguments.Any(a => a.Key == "Default")))
        {
            yield return new("DefaultConfig", null);
        }

        var forward = ForwardRules.Valid(module);
        if (forward is not null && !ModuleParser.InheritsCall(module, forward))
        {
            yield return new("Call", Keys(forward));
        }

        if (module.IsAbstract)
        {
            yield break;
        }

        yield return new("Bind", [Tree, Config]);
        if (forward is not null)
        {
            yield return new("DefaultApply", null);
            yield return new("ApplyFunction", null);
            yield return new("Apply", [Tree, Config, .. Keys(forward)]);
            if (ForwardRules.IsCompiled(forward))
            {
                yield return new("JitApply", [Tree, Config, .. Keys(forward)]);
                yield return new("JitApplyFunction", null);
            }
        }
    }

    private static IEnumerable<Fault> Check(INamedTypeSymbol type, Name[] names, string origin)
    {
        foreach (var name in names)
        {
            if (type.Name == name.Text)
            {
                yield return new(DiagnosticDescriptors.GeneratedName, type, name.Text, origin, $"'{type.Name}' has that name itself",
                    "give the type another name");
            }

            var same = type.TypeParameters.Where(p => p.Name == name.Text)
                .Concat(type.GetMembers(name.Text).Where(m => !m.IsImplicitlyDeclared && IsWritten(m) && name.IsTakenBy(m)));
            foreach (var member in same)
            {
                yield return new(DiagnosticDescriptors.GeneratedName, member, Written(member), origin,
                    $"'{type.Name}' declares it too", name.Text == ".ctor" ? "remove yours" : "give yours another name");
            }
        }
    }

    private static IEnumerable<ISymbol> Inherited(INamedTypeSymbol baseType, Name[] names) =>
        names.Where(n => n.Text is not (".ctor" or "DefaultApply" or "DefaultConfig")).SelectMany(name => baseType.GetMembers(name.Text)
            .Where(m => m.DeclaredAccessibility != Accessibility.Private && IsWritten(m) && name.IsTakenBy(m)));

    private static string Written(ISymbol member) => member switch
    {
        IMethodSymbol { MethodKind: MethodKind.Constructor } constructor => $"{constructor.ContainingType.Name}(ModuleBinding)",
        IMethodSymbol method => $"{method.Name}({string.Join(", ", method.Parameters.Select(p => p.Type.Short()))})",
        _ => member.Name,
    };

    /// <summary>Whether a user wrote it: analyzers see generated halves too.</summary>
    private static bool IsWritten(ISymbol member) =>
        member.DeclaringSyntaxReferences.Any(r => !r.SyntaxTree.FilePath.EndsWith(".g.cs", StringComparison.Ordinal));

    private static string[] Keys(IMethodSymbol method) => [.. method.Parameters.Select(p => p.Type.Key())];

    /// <summary>A name that generated code declares.</summary>
    /// <param name="Text">The name.</param>
    /// <param name="Parameters">Of a method: the types of its parameters, which others of that name do not have.</param>
    private sealed record Name(string Text, string[]? Parameters)
    {
        public bool IsTakenBy(ISymbol member) => Parameters is null || member is not IMethodSymbol method
            || (method.Arity == 0 && method.Parameters.All(p => p.RefKind == RefKind.None) && Keys(method).SequenceEqual(Parameters));
    }
}
