using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Brachy.Generators;

/// <summary>
/// Follows what is given away through the control flow of a function, and finds where it is used although on some way there it was
/// neither assigned again nor declared anew.
/// </summary>
internal sealed class DonatedUses : CodeWalker
{
    private readonly ControlFlowGraph _graph;
    private readonly IReadOnlyDictionary<SyntaxNode, Donation> _donations;
    private readonly INamedTypeSymbol? _type;
    private readonly Dictionary<CaptureId, TensorPath> _captures = [];
    private readonly HashSet<CaptureId> _targets = [];
    private readonly HashSet<ISymbol> _writtenElsewhere = new(SymbolEqualityComparer.Default);
    private DonationState _state = DonationState.Empty;
    private Action<Diagnostic>? _report;

    public DonatedUses(ControlFlowGraph graph, IReadOnlyDictionary<SyntaxNode, Donation> donations, INamedTypeSymbol? type)
    {
        (_graph, _donations, _type) = (graph, donations, type);
        foreach (var operation in Operations(graph))
        {
            if (operation is IFlowCaptureOperation capture && TensorPath.Of(capture.Value, _captures) is { } path)
            {
                _captures[capture.Id] = path;
            }

            if (operation is IAssignmentOperation assignment)
            {
                _targets.UnionWith(assignment.Target.DescendantsAndSelf().OfType<IFlowCaptureReferenceOperation>().Select(r => r.Id));
            }
        }

        // Code that another function writes cannot be followed.
        _writtenElsewhere.UnionWith(graph.OriginalOperation.Descendants()
            .Where(o => o is IAnonymousFunctionOperation or ILocalFunctionOperation)
            .SelectMany(function => function.Descendants().SelectMany(Writes.Of)
                .Select(place => TensorPath.Of(place)?.Root)
                .OfType<ISymbol>()
                .Where(root => !root.DeclaringSyntaxReferences.Any(r => function.Syntax.Span.Contains(r.Span)))));
    }

    public void Report(Action<Diagnostic> report)
    {
        var entries = Entries();
        _report = report;
        foreach (var block in _graph.Blocks.Where(b => entries.ContainsKey(b.Ordinal)))
        {
            Run(block, entries[block.Ordinal]);
        }
    }

    /// <summary>What is given away at the start of each block that may be reached.</summary>
    private Dictionary<int, DonationState> Entries()
    {
        var entries = new Dictionary<int, DonationState>();
        var waiting = new Queue<BasicBlock>();
        Join(_graph.Blocks[0], DonationState.Empty);

        // A call that fails gives nothing away.
        foreach (var handler in _graph.Blocks.Where(b => IsHandler(b.EnclosingRegion) && b.EnclosingRegion.FirstBlockOrdinal == b.Ordinal))
        {
            Join(handler, DonationState.Empty);
        }

        while (waiting.Count > 0)
        {
            var block = waiting.Dequeue();
            var state = Run(block, entries[block.Ordinal]);
            Follow(block.FallThroughSuccessor, state);
            Follow(block.ConditionalSuccessor, state);
        }

        return entries;

        void Follow(ControlFlowBranch? branch, DonationState state)
        {
            foreach (var region in branch?.FinallyRegions ?? [])
            {
                Join(_graph.Blocks[region.FirstBlockOrdinal], state);
                state = Without(state, region);
            }

            if (branch?.Destination is { } destination)
            {
                Join(destination, state);
            }
        }

        void Join(BasicBlock block, DonationState state)
        {
            if (!entries.TryGetValue(block.Ordinal, out var before))
            {
                (entries[block.Ordinal], before) = (state, null);
            }
            else
            {
                entries[block.Ordinal] = before.Or(state);
            }

            if (before is null || entries[block.Ordinal].Count > before.Count)
            {
                waiting.Enqueue(block);
            }
        }
    }

    private static bool IsHandler(ControlFlowRegion region) =>
        region.Kind is ControlFlowRegionKind.Catch or ControlFlowRegionKind.Filter or ControlFlowRegionKind.FilterAndHandler;

    /// <summary>What is left after a finally, which may assign.</summary>
    private DonationState Without(
        DonationState state, ControlFlowRegion region)
    {
        var written = _graph.Blocks.Skip(region.FirstBlockOrdinal).Take(region.LastBlockOrdinal - region.FirstBlockOrdinal + 1)
            .SelectMany(b => b.Operations).SelectMany(o => o.DescendantsAndSelf()).SelectMany(Writes.Of)
            .Select(place => TensorPath.Of(place, _captures)).OfType<TensorPath>().ToArray();
        return state.Without(path => written.Any(path.IsIn));
    }

    private DonationState Run(
        BasicBlock block, DonationState state)
    {
        _state = state;
        for (var region = block.EnclosingRegion; region?.FirstBlockOrdinal == block.Ordinal; region = region.EnclosingRegion)
        {
            // Each turn of a loop has variables of its own.
            Forget(path => region.Locals.Contains(path.Root, SymbolEqualityComparer.Default));
        }

        foreach (var operation in block.Operations)
        {
            Walk(operation);
        }

        if (block.BranchValue is { } value)
        {
            Walk(value);
        }

        return _state;
    }

    protected override void Walk(IOperation operation)
    {
        switch (operation)
        {
            case ICompoundAssignmentOperation or ICoalesceAssignmentOperation:
                WalkChildren(operation);
                AssignTarget(((IAssignmentOperation)operation).Target);
                break;
            case IAssignmentOperation assignment:
                WalkTarget(assignment.Target);
                Walk(assignment.Value);
                AssignTarget(assignment.Target);
                Share(assignment.Target, assignment.Value);
                break;
            case IFlowCaptureOperation capture:
                if (!_targets.Contains(capture.Id))
                {
                    Walk(capture.Value);
                }

                break;
            case IDeclarationPatternOperation { DeclaredSymbol: { } declared }:
                Forget(path => SymbolEqualityComparer.Default.Equals(path.Root, declared));
                break;
            case IInvocationOperation call:
                WalkCall(call);
                break;
            case IConversionOperation:
                WalkChildren(operation);
                break;
            case IFlowAnonymousFunctionOperation or IInstanceReferenceOperation or IFlowCaptureReferenceOperation:
                break;
            case IMemberReferenceOperation { Instance: { } instance } member
                when IsHarmless(member) && TensorPath.Of(instance, _captures) is not null:
                break;
            default:
                if (TensorPath.Of(operation) is { } path)
                {
                    Use(path, operation);
                }
                else
                {
                    WalkChildren(operation);
                }

                break;
        }
    }

    protected override void WalkPlace(IOperation place)
    {
        if (TensorPath.Of(place, _captures) is null && place is not IFlowCaptureReferenceOperation)
        {
            WalkChildren(place);
        }
    }

    private void WalkCall(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        if (!IsHarmless(method))
        {
            foreach (var child in call.ChildOperations)
            {
                if (child is IArgumentOperation { Parameter.RefKind: RefKind.Out } given)
                {
                    WalkTarget(given.Value);
                }
                else
                {
                    Walk(child);
                }
            }
        }

        foreach (var argument in call.Arguments.Where(a => a.Parameter?.RefKind is RefKind.Out or RefKind.Ref))
        {
            AssignTarget(argument.Value);
        }

        if (_donations.TryGetValue(call.Syntax, out var donation))
        {
            foreach (var path in donation.Given(call).SelectMany(Given))
            {
                _state = _state.Give(path, donation.Function, call.Syntax);
            }
        }
        else if (method.MethodKind is MethodKind.DelegateInvoke or MethodKind.LocalFunction
            || SymbolEqualityComparer.Default.Equals(method.ContainingType, _type))
        {
            // A method of the class, or a delegate, may assign its fields.
            Forget(path => path.IsShared);
        }
    }

    private IEnumerable<TensorPath> Given(IOperation value) => value switch
    {
        ITupleOperation tuple => tuple.Elements.SelectMany(Given),
        IConversionOperation { OperatorMethod: null } conversion => Given(conversion.Operand),
        _ when TensorPath.Of(value, _captures) is { } path && !_writtenElsewhere.Contains(path.Root) => [path],
        _ => [],
    };

    protected override void Assign(IOperation place)
    {
        if (TensorPath.Of(place, _captures) is { } path)
        {
            Forget(donated => donated.IsIn(path));
        }
    }

    /// <summary>A variable assigned to another holds the same tensors, which are given away with either.</summary>
    private void Share(IOperation target, IOperation value)
    {
        if (TensorPath.Of(target, _captures) is { } place && TensorPath.Of(value, _captures) is { } other
            && value.Type?.HoldsTensors() == true && !_writtenElsewhere.Contains(place.Root) && !_writtenElsewhere.Contains(other.Root))
        {
            _state = _state.WithSame(place, other);
        }
    }

    private void Forget(Func<TensorPath, bool> which) => _state = _state.Without(which);

    private void Use(TensorPath path, IOperation operation)
    {
        if (_state.Donated.IsEmpty || IsCompared(operation) || _state.Donated.Keys.FirstOrDefault(path.IsIn) is not { } donated)
        {
            return;
        }

        var (function, call) = _state.Donated[donated];
        _report?.Invoke(Diagnostic.Create(
            DiagnosticDescriptors.DonatedUse, operation.Syntax.GetLocation(), [call.GetLocation()], path.Name, function,
            call.GetLocation().GetLineSpan().StartLinePosition.Line + 1));

        // Once is enough.
        _state = _state with { Donated = _state.Donated.Remove(donated) };
    }

    /// <summary>Shapes, types and settings stay known.</summary>
    private static bool IsHarmless(IMemberReferenceOperation member) => member.Type is { } type && !type.HoldsTensors();

    private static bool IsHarmless(IMethodSymbol method) => method.Name switch
    {
        "dim" or "numel" or "size" => method.ContainingType.IsTensor(),
        "Dispose" or "ToString" or "GetType" or "GetHashCode" or "Equals" or "ReferenceEquals" or "KeepAlive" => true,
        _ => false,
    };

    private static bool IsCompared(IOperation operation)
    {
        var parent = operation.Parent;
        while (parent is IConversionOperation { OperatorMethod: null })
        {
            parent = parent.Parent;
        }

        return parent is IIsNullOperation or IIsPatternOperation or IIsTypeOperation
            || parent is IBinaryOperation
            {
                OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals, OperatorMethod: null,
            }
            || parent is IArgumentOperation { Parent: IInvocationOperation call } && IsHarmless(call.TargetMethod);
    }

    private static IEnumerable<IOperation> Operations(ControlFlowGraph graph) => graph.Blocks
        .SelectMany(b => b.BranchValue is { } value ? b.Operations.Add(value) : b.Operations)
        .SelectMany(o => o.DescendantsAndSelf());
}
