using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Brachy.Generators;

/// <summary>
/// What constructors of a module class surely assign: along every way through them that does not throw, in the constructors and methods of
/// the same object that they call, and by keys of the tree. Where the object is handed to other code, all counts as assigned.
/// </summary>
/// <param name="type">The class that is built; its overrides are what virtual calls of its bases reach.</param>
/// <param name="bodies">The code.</param>
/// <param name="cancellation">Ends the work.</param>
internal sealed class MemberAssignments(INamedTypeSymbol type, MemberBodies bodies, CancellationToken cancellation)
{
    private readonly Dictionary<ISymbol, AssignedMembers> _known = new(SymbolEqualityComparer.Default);
    private readonly ImmutableArray<IPropertySymbol> _members =
        [.. ModuleBases.SelfAndBases(type).Select(t => t.OriginalDefinition).SelectMany(ModuleRules.Properties)];

    /// <summary>What is assigned when a constructor has run.</summary>
    public AssignedMembers By(IMethodSymbol constructor)
    {
        var owner = constructor.ContainingType;
        if (constructor.Locations.All(l => !l.IsInSource))
        {
            return ByConstructorElsewhere(owner);
        }

        return Remember(constructor, () =>
        {
            // One that is not written calls that of the base.
            var entry = CallsAnother(constructor) ? AssignedMembers.None : ByBase(owner);
            return bodies.Of(constructor, cancellation) is { } graph ? AtExit(graph, entry) : entry;
        });
    }

    private static bool CallsAnother(IMethodSymbol constructor) => constructor.DeclaringSyntaxReferences
        .Any(r => r.GetSyntax() is ConstructorDeclarationSyntax { Initializer: not null });

    private AssignedMembers ByBase(INamedTypeSymbol owner) => owner.BaseType is not { } baseType ? AssignedMembers.None
        : baseType.OriginalDefinition.InstanceConstructors
            .Where(c => !ModuleBases.IsBinding(c) && c.Parameters.All(p => p.IsOptional || p.IsParams))
            .OrderBy(c => c.Parameters.Length).FirstOrDefault() is { } constructor ? By(constructor)
        : AssignedMembers.None;

    /// <summary>A base of another project may call what is overridden here.</summary>
    private AssignedMembers ByConstructorElsewhere(INamedTypeSymbol owner) => ModuleBases.SelfAndBases(owner).Any()
        ? ModuleBases.SelfAndBases(type).Where(t => t.Locations.Any(l => l.IsInSource))
            .SelectMany(t => t.GetMembers().OfType<IMethodSymbol>())
            .Where(m => m is { IsOverride: true, Name: not "Forward" })
            .Aggregate(AssignedMembers.None, (assigned, method) => assigned.And(ByMethod(method)))
        : AssignedMembers.None;

    /// <summary>What a method of the object assigns.</summary>
    public AssignedMembers ByMethod(IMethodSymbol method) => method.ContainingType.IsBrachy("StateOrganizer")
        || method.ContainingType.IsBrachy("Module") || method.ContainingType.IsBrachy("Module", 2)
        || method.ContainingType.SpecialType == SpecialType.System_Object
            ? AssignedMembers.None
            : Remember(method.OriginalDefinition, () =>
                bodies.Of(method, cancellation) is { } graph ? AtExit(graph, AssignedMembers.None)
                : method.IsAbstract ? AssignedMembers.None
                : AssignedMembers.All);

    public AssignedMembers Remember(ISymbol symbol, System.Func<AssignedMembers> find)
    {
        if (!_known.TryGetValue(symbol, out var assigned))
        {
            // A call of itself adds nothing to what the ways out of it assign.
            _known[symbol] = AssignedMembers.All;
            _known[symbol] = assigned = find();
        }

        return assigned;
    }

    /// <summary>What is assigned wherever the code returns.</summary>
    public AssignedMembers AtExit(ControlFlowGraph graph, AssignedMembers entry)
    {
        var (before, after) = (new AssignedMembers[graph.Blocks.Length], new AssignedMembers[graph.Blocks.Length]);
        var code = new AssigningCode(this, graph);
        for (var changed = true; changed;)
        {
            changed = false;
            foreach (var block in graph.Blocks)
            {
                before[block.Ordinal] = block.Kind == BasicBlockKind.Entry ? entry : Handled(block) is { } tried
                    ? before[tried.FirstBlockOrdinal]
                    : block.Predecessors.Aggregate(AssignedMembers.All, (joined, branch) => joined.Or(After(branch)));
                var assigned = code.Run(block, before[block.Ordinal]);
                changed |= !assigned.IsSame(after[block.Ordinal]);
                after[block.Ordinal] = assigned;
            }
        }

        return after[graph.Blocks.Length - 1];

        AssignedMembers After(ControlFlowBranch branch) => IsNeverTaken(branch) ? AssignedMembers.All : branch.FinallyRegions.Aggregate(
            after[branch.Source.Ordinal],
            (assigned, region) => assigned.And(after[region.LastBlockOrdinal]));
    }

    private static bool IsNeverTaken(ControlFlowBranch branch) => branch.Source is
    {
        BranchValue.ConstantValue: { HasValue: true, Value: bool value },
        ConditionKind: not ControlFlowConditionKind.None and var condition,
    }
        && branch.IsConditionalSuccessor != (value == (condition == ControlFlowConditionKind.WhenTrue));

    /// <summary>The code whose exceptions lead to a block, which may have assigned nothing.</summary>
    private static ControlFlowRegion? Handled(BasicBlock block)
    {
        for (var region = block.EnclosingRegion; region?.FirstBlockOrdinal == block.Ordinal; region = region.EnclosingRegion)
        {
            if (region is
                {
                    Kind: ControlFlowRegionKind.Catch or ControlFlowRegionKind.FilterAndHandler or ControlFlowRegionKind.Finally,
                    EnclosingRegion: { Kind: ControlFlowRegionKind.TryAndCatch or ControlFlowRegionKind.TryAndFinally } both,
                })
            {
                return both.NestedRegions[0];
            }
        }

        return null;
    }

    /// <summary>The members that are kept under a key.</summary>
    public AssignedMembers Kept(PropertyRole role, IOperation key) => key.ConstantValue is { HasValue: true, Value: string name }
        ? _members.Where(p => PropertyRoles.Of(p) == role && PropertyRoles.Key(p, role) == name)
            .Aggregate(AssignedMembers.None, (assigned, property) => assigned.With(property))
        : AssignedMembers.All;

    /// <summary>The method that a call of the object reaches.</summary>
    public IMethodSymbol Reached(IMethodSymbol method) => CalledCode.Reached(method, type);
}
