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

    private static readonly SymbolMemo<INamedTypeSymbol, Name[]> s_names = new(NamesOf);

    /// <summary>What of a module has a name of its generated half.</summary>
    public static List<Fault> OfModule(INamedTypeSymbol module)
    {
        var names = OfGeneratedHalf(module);
        var faults = Check(module, names, module.Name);
        foreach (var type in ModuleBases.Of(module))
        {
            if (ModuleBases.IsOfSameProject(type, module))
            {
                faults.AddRange(Inherited(type, names).Select(member => new Fault(
                    DiagnosticDescriptors.GeneratedName, module, Written(member), module.Name, $"its base '{type.Short()}' declares it too",
                    "give that another name")));
            }
        }

        return faults;
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

    private static Name[] NamesOf(INamedTypeSymbol module)
    {
        var all = new List<Name> { new(".ctor", ["global::Brachy.ModuleBinding"]) };
        if (ModuleRules.Properties(module).Any(
            p => PropertyRoles.Of(p) == PropertyRole.Config && p.Attribute("Config")!.Given("Default") is not null))
        {
            all.Add(new("DefaultConfig", null));
        }

        var forward = ForwardRules.Valid(module);
        if (forward is not null && !ModuleParser.InheritsCall(module, forward))
        {
            all.Add(new("Call", Keys(forward)));
        }

        if (module.IsAbstract)
        {
            return [.. all];
        }

        all.Add(new("Bind", [Tree, Config]));
        if (forward is not null)
        {
            all.Add(new("DefaultApply", null));
            all.Add(new("ApplyFunction", null));
            all.Add(new("Apply", [Tree, Config, .. Keys(forward)]));
            if (ForwardRules.IsCompiled(forward))
            {
                all.Add(new("JitApply", [Tree, Config, .. Keys(forward)]));
                all.Add(new("JitApplyFunction", null));
            }
        }

        return [.. all];
    }

    private static List<Fault> Check(INamedTypeSymbol type, Name[] names, string origin)
    {
        var all = new List<Fault>();
        foreach (var name in names)
        {
            if (type.Name == name.Text)
            {
                all.Add(new(DiagnosticDescriptors.GeneratedName, type, name.Text, origin, $"'{type.Name}' has that name itself",
                    "give the type another name"));
            }

            foreach (var parameter in type.TypeParameters)
            {
                if (parameter.Name == name.Text)
                {
                    Add(parameter);
                }
            }

            foreach (var member in type.GetMembers(name.Text))
            {
                if (!member.IsImplicitlyDeclared && IsWritten(member) && name.IsTakenBy(member))
                {
                    Add(member);
                }
            }

            void Add(ISymbol member) => all.Add(new(DiagnosticDescriptors.GeneratedName, member, Written(member), origin,
                $"'{type.Name}' declares it too", name.Text == ".ctor" ? "remove yours" : "give yours another name"));
        }

        return all;
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
    private static bool IsWritten(ISymbol member)
    {
        foreach (var reference in member.DeclaringSyntaxReferences)
        {
            if (!reference.SyntaxTree.FilePath.EndsWith(".g.cs", StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static string[] Keys(IMethodSymbol method)
    {
        var keys = new string[method.Parameters.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = method.Parameters[i].Type.Key();
        }

        return keys;
    }

    /// <summary>A name that generated code declares.</summary>
    /// <param name="Text">The name.</param>
    /// <param name="Parameters">Of a method: the types of its parameters, which others of that name do not have.</param>
    private sealed record Name(string Text, string[]? Parameters)
    {
        public bool IsTakenBy(ISymbol member) => Parameters is null || member is not IMethodSymbol method
            || (method.Arity == 0 && method.Parameters.All(p => p.RefKind == RefKind.None) && Keys(method).SequenceEqual(Parameters));
    }
}
