using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Brachy.Generators;

/// <summary>Reports members of modules that a constructor may leave unassigned: reading them throws, and a checkpoint lacks them.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UnassignedMemberAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [DiagnosticDescriptors.UnassignedMember];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            var bodies = MemberBodies.Of(start.Compilation);
            start.RegisterSymbolAction(
                symbol =>
                {
                    foreach (var fault in Check((INamedTypeSymbol)symbol.Symbol, start.Compilation, bodies, symbol.CancellationToken))
                    {
                        symbol.ReportDiagnostic(fault.ToDiagnostic());
                    }
                },
                SymbolKind.NamedType);
        });
    }

    private static IEnumerable<Fault> Check(
        INamedTypeSymbol module, Compilation compilation, MemberBodies bodies, CancellationToken cancellation)
    {
        if (module.Attribute("Module") is null || ModuleRules.CheckClass(module).Any(f => f.IsError))
        {
            yield break;
        }

        var members = Checked(module).Where(p => MustBeAssigned(p, compilation)).ToArray();
        if (members.Length == 0)
        {
            yield break;
        }

        var assignments = new MemberAssignments(module, bodies, cancellation);
        foreach (var constructor in module.InstanceConstructors.Where(c => !ModuleBases.IsBinding(c)))
        {
            var assigned = assignments.By(constructor);
            var setsRequired = constructor.GetAttributes().Any(a => a.AttributeClass?.Name == "SetsRequiredMembersAttribute");
            foreach (var member in members.Where(m => !assigned.Contains(m) && (setsRequired || !m.IsRequired)))
            {
                var isWritten = IsWritten(constructor);
                var isOwn = SymbolEqualityComparer.Default.Equals(member.ContainingType, module);
                yield return new(
                    DiagnosticDescriptors.UnassignedMember, isWritten ? constructor : isOwn ? member : module,
                    isOwn ? member.Name : $"{member.ContainingType.Short()}.{member.Name}",
                    isWritten ? "on every way through this constructor" : $"by a constructor: '{module.Name}' has none",
                    Advice(member));
            }
        }
    }

    /// <summary>
    /// The members that a class answers for: its own, and those of abstract bases of its project, which may leave them to it. A base that
    /// can be built is checked by itself, and an abstract one for what it alone can set.
    /// </summary>
    private static IEnumerable<IPropertySymbol> Checked(INamedTypeSymbol module) => module.IsAbstract
        ? ModuleRules.Properties(module).Where(p => (p.SetMethod ?? p.GetMethod)?.DeclaredAccessibility == Accessibility.Private)
        : ModuleBases.Of(module)
            .TakeWhile(t => t.IsAbstract && ModuleBases.IsOfSameProject(t, module))
            .SelectMany(t => ModuleRules.Properties(t.OriginalDefinition))
            .Where(p => p.SetMethod is { DeclaredAccessibility: not Accessibility.Private })
            .Concat(ModuleRules.Properties(module));

    /// <summary>Whether reading a property throws as long as nothing was assigned.</summary>
    private static bool MustBeAssigned(IPropertySymbol property, Compilation compilation) =>
        PropertyRoles.Of(property) is PropertyRole.Param or PropertyRole.Buffer or PropertyRole.Static or PropertyRole.Submodule
        && PropertyRoles.IsLeftToGenerator(property) && property.Type.NullableAnnotation != NullableAnnotation.Annotated
        && !PropertyRules.Check(property, compilation).Any(f => f.IsError);

    /// <summary>Whether the user wrote it: a class without constructors gets one.</summary>
    private static bool IsWritten(IMethodSymbol constructor) => !constructor.IsImplicitlyDeclared
        && constructor.DeclaringSyntaxReferences.Any(
            r => !r.SyntaxTree.FilePath.EndsWith(".g.cs", System.StringComparison.Ordinal));

    private static string Advice(IPropertySymbol member) => member.SetMethod is not { } setter
        ? "give it a 'private set' and assign it"
        : setter.DeclaredAccessibility >= member.ContainingType.DeclaredAccessibility && !member.IsRequired
            ? "assign it, mark it required, or declare it nullable"
            : "assign it, or declare it nullable";
}
