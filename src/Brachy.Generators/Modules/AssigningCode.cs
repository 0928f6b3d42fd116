using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Brachy.Generators;

/// <summary>What the operations of one function assign.</summary>
internal sealed class AssigningCode : CodeWalker
{
    private readonly MemberAssignments _all;
    private readonly ControlFlowGraph _graph;
    private readonly Dictionary<CaptureId, IOperation> _captures = [];
    private AssignedMembers _assigned;

    public AssigningCode(MemberAssignments all, ControlFlowGraph graph)
    {
        (_all, _graph) = (all, graph);
        foreach (var capture in graph.Blocks.SelectMany(b => b.Operations).OfType<IFlowCaptureOperation>())
        {
            _captures[capture.Id] = capture.Value;
        }
    }

    public AssignedMembers Run(BasicBlock block, AssignedMembers before)
    {
        _assigned = before;
        foreach (var operation in block.Operations)
        {
            Walk(operation);
        }

        if (block.BranchValue is { } value)
        {
            Walk(value);
        }

        return _assigned;
    }

    protected override void Walk(IOperation operation)
    {
        switch (operation)
        {
            case IAssignmentOperation assignment:
                WalkTarget(assignment.Target);
                Walk(assignment.Value);
                AssignTarget(Meant(assignment.Target));
                break;
            case IFlowCaptureOperation { Value: IInstanceReferenceOperation or IMemberReferenceOperation } capture:
                WalkTarget(capture.Value);
                break;
            case IInvocationOperation call:
                WalkCall(call);
                break;
            case IFlowAnonymousFunctionOperation function:
                // It is made to be called.
                Add(_all.AtExit(_graph.GetAnonymousFunctionControlFlowGraphInScope(function), AssignedMembers.None));
                break;
            case IMethodReferenceOperation { Method: var method } reference:
                if (reference.Instance is null || IsThis(reference.Instance))
                {
                    Add(Called(method, isVirtual: true));
                }
                else
                {
                    Walk(reference.Instance);
                }

                break;
            case IMemberReferenceOperation { Instance: { } instance } member when IsThis(instance) && !IsTree(member):
                WalkArguments(member);
                break;
            default:
                if (IsThis(operation) || IsTree(operation))
                {
                    // Whoever is given the object or its tree may assign all.
                    _assigned = AssignedMembers.All;
                }
                else
                {
                    WalkChildren(operation);
                }

                break;
        }
    }

    /// <summary>The place of an assignment is not read, but its parts are.</summary>
    protected override void WalkPlace(IOperation place)
    {
        switch (place)
        {
            case IMemberReferenceOperation { Instance: { } instance } member when IsThis(instance) || Role(instance) is not null:
                WalkArguments(member);
                break;
            case IMemberReferenceOperation or IArrayElementReferenceOperation:
                WalkChildren(place);
                break;
            default:
                break;
        }
    }

    private void WalkArguments(IMemberReferenceOperation member)
    {
        foreach (var argument in member is IPropertyReferenceOperation property ? property.Arguments : [])
        {
            Walk(argument);
        }
    }

    private void WalkCall(IInvocationOperation call)
    {
        var isOwn = call.Instance is { } instance && IsThis(instance);
        foreach (var child in call.ChildOperations)
        {
            if (child != call.Instance || !isOwn)
            {
                Pass(child, call.TargetMethod);
            }
        }

        if (isOwn && RoleOf(call.TargetMethod) is { } role && call.Arguments.Length > 0)
        {
            Add(_all.Kept(role, call.Arguments[0].Value));
        }
        else if (isOwn && call.TargetMethod.Name == "UpdateTree" && call.TargetMethod.ContainingType.IsBrachy("StateOrganizer"))
        {
            _assigned = AssignedMembers.All;
        }
        else if (isOwn || call.TargetMethod.MethodKind == MethodKind.LocalFunction)
        {
            Add(Called(call.TargetMethod, call.IsVirtual));
        }
    }

    /// <summary>What only looks at the object, as those of .NET, assigns nothing.</summary>
    private void Pass(IOperation argument, IMethodSymbol method)
    {
        var value = argument is IArgumentOperation { Value: var given } ? given : argument;
        while (value is IConversionOperation { OperatorMethod: null } conversion)
        {
            value = conversion.Operand;
        }

        if (!IsThis(value) || method.ContainingNamespace is not { Name: "System", ContainingNamespace.IsGlobalNamespace: true })
        {
            Walk(argument);
        }
    }

    private AssignedMembers Called(IMethodSymbol method, bool isVirtual) => method.MethodKind switch
    {
        MethodKind.Constructor => _all.By(method.OriginalDefinition),
        MethodKind.LocalFunction => _all.Remember(method.OriginalDefinition, () =>
            _all.AtExit(_graph.GetLocalFunctionControlFlowGraphInScope(method.OriginalDefinition), AssignedMembers.None)),
        _ when method.IsStatic => AssignedMembers.None,
        _ => _all.ByMethod(isVirtual ? _all.Reached(method) : method),
    };

    private void Add(AssignedMembers assigned) => _assigned = _assigned.And(assigned);

    protected override void Assign(IOperation place)
    {
        switch (Meant(place))
        {
            case IPropertyReferenceOperation { Instance: { } holder, Arguments: { Length: 1 } keys } when Role(holder) is { } role:
                Add(_all.Kept(role, keys[0].Value));
                break;
            case IPropertyReferenceOperation { Instance: { } instance, Property: { IsIndexer: false } property } when IsThis(instance):
                _assigned = _assigned.With(property);
                if (property.SetMethod is { } setter && PropertyRoles.Of(property) == PropertyRole.None
                    && !PropertyRoles.IsAuto(property))
                {
                    Add(Called(setter, isVirtual: true));
                }

                break;
            default:
                break;
        }
    }

    /// <summary>What a temporary of the control flow graph stands for.</summary>
    private IOperation Meant(IOperation operation) =>
        operation is IFlowCaptureReferenceOperation reference && _captures.TryGetValue(reference.Id, out var meant)
            ? Meant(meant)
            : operation;

    private bool IsThis(IOperation operation) =>
        Meant(operation) is IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance };

    private bool IsTree(IOperation operation) =>
        Meant(operation) is IPropertyReferenceOperation { Instance: { } instance, Property: { Name: "Tree" } property }
        && IsThis(instance) && property.ContainingType.IsBrachy("StateOrganizer");

    /// <summary>What a part of the object's tree holds, as in <c>Tree.Params</c>.</summary>
    private PropertyRole? Role(IOperation operation) =>
        Meant(operation) is IPropertyReferenceOperation { Instance: { } tree, Property.Name: var name } && IsTree(tree) ? name switch
        {
            "Params" => PropertyRole.Param,
            "Buffers" => PropertyRole.Buffer,
            "Aux" => PropertyRole.Static,
            "Submodules" => PropertyRole.Submodule,
            _ => null,
        } : null;

    private static PropertyRole? RoleOf(IMethodSymbol method) => !method.ContainingType.IsBrachy("StateOrganizer") ? null
        : method.Name switch
        {
            "RegisterParameter" or "SetParam" => PropertyRole.Param,
            "RegisterBuffer" or "SetBuffer" => PropertyRole.Buffer,
            "RegisterAux" or "RecursiveRegisterAux" or "SetAux" or "SetStatic" => PropertyRole.Static,
            "RegisterSubmodule" or "ReplaceSubmodule" or "SetSubmodule" => PropertyRole.Submodule,
            _ => null,
        };
}
