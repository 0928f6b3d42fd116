using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Brachy.Generators;

/// <summary>Which members of a module hold what its tree does not have, and what to do about them.</summary>
internal static class StateRules
{
    private const string Roles = "declare it a partial property with [Param], [Buffer] or [Static]";

    /// <summary>
    /// Whether a class has views that do not have what its members hold: a module, or one that derives from a module without being
    /// marked, unless it says itself what its nodes compute.
    /// </summary>
    public static bool HasViews(INamedTypeSymbol type) =>
        type.Attribute("Module") is not null || ModuleRules.UnmarkedBase(type) is not null;

    /// <summary>
    /// Fields and properties that only a constructor sets, which a view does not run, and modules and tensors that the tree
    /// does not have.
    /// </summary>
    public static IEnumerable<ISymbol> OutsideTree(INamedTypeSymbol type) =>
        Members(type).Where(m => m is IEventSymbol || !HasInitializer(m) || TreeRules.TypeOf(m).HoldsTensors());

    /// <summary>Whether views leave a member of the class unset.</summary>
    public static bool LeavesUnset(INamedTypeSymbol module)
    {
        foreach (var member in module.GetMembers())
        {
            if ((IsOutside(member, module) || IsNotPartial(member)) && !HasInitializer(member))
            {
                return true;
            }
        }

        return false;

        // What belongs into the tree, and is reported.
        static bool IsNotPartial(ISymbol member) =>
            member is IPropertySymbol
            {
                IsStatic: false, IsPartialDefinition: false, PartialDefinitionPart: null, IsIndexer: false
            } property
            && PropertyRoles.IsAuto(property);
    }

    /// <summary>The fault of a member whose initialiser gives each view something else.</summary>
    public static Fault? Check(ISymbol member, IOperation initializer) =>
        HasViews(member.ContainingType) && IsOutside(member, member.ContainingType) && !TreeRules.TypeOf(member).HoldsTensors()
        && !Initializers.IsSameForAllViews(initializer)
            ? FaultOf(member, initializer)
            : null;

    public static Fault FaultOf(ISymbol member, IOperation? initializer = null)
    {
        var type = member.ContainingType;
        var (advice, isShared) = Advice(member, initializer);
        var isMarked = type.Attribute("Module") is not null;
        return new(
            DiagnosticDescriptors.StateOutsideTree, member, member.Name,
            isMarked || isShared ? advice : $"mark '{type.Name}' [Module], and {advice}")
        {
            Mend = isShared ? "Static" : isMarked ? null : "Module",
        };
    }

    /// <summary>Whether an object is there to be locked or waited for, which only helps if all views have the same.</summary>
    private static bool IsGate(ITypeSymbol type, bool isNewObject) => isNewObject
        ? type.SpecialType == SpecialType.System_Object
        : type is
        {
            Name: "Lock" or "SemaphoreSlim" or "Semaphore" or "Mutex" or "ReaderWriterLockSlim" or "ReaderWriterLock" or "SpinLock"
                or "ManualResetEventSlim" or "ManualResetEvent" or "AutoResetEvent",
            ContainingNamespace:
            {
                Name: "Threading", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true }
            },
        };

    /// <summary>
    /// Whether a module may have params, buffers or modules in it; of one that is not known in full it is taken for granted.
    /// </summary>
    public static bool MayHoldState(ITypeSymbol type) => type is not INamedTypeSymbol { IsAbstract: false } module
        || module.IsBrachy("Module") || module.IsBrachy("Module", 2)
        || KeptMember.Of(module).Any(m => m.Property is not { } property || PropertyRoles.Of(property) != PropertyRole.Static)
        || module.InstanceConstructors.Any(c => c.Parameters.Any(p => p.Type.Mentions(BrachyTypes.IsModule)));

    /// <summary>What to do, and whether that is to let all views share it.</summary>
    private static (string Advice, bool IsShared) Advice(ISymbol member, IOperation? initializer)
    {
        if (member is IEventSymbol)
        {
            return ("declare it static, or add a hook to the node, which the tree keeps", true);
        }

        var type = TreeRules.TypeOf(member);
        var given = initializer is null ? null : Initializers.TypeOf(initializer);
        if (IsGate(type, isNewObject: false) || (given is not null && initializer is not null && IsGate(given, IsNew(initializer))))
        {
            return ("declare it static, so that all views have the same", true);
        }

        if (!type.IsModule() && given is INamedTypeSymbol { IsAbstract: false } && given.IsModule())
        {
            return ($"declare it a partial property of the module's own type, '{given.Short()}', which is a submodule", false);
        }

        if (initializer is not null && Initializers.ModuleOfFunction(initializer) is { } made)
        {
            return ($"declare the module that the function uses a partial property of type '{made.Short()}', which is a submodule", false);
        }

        return (initializer is not null && Initializers.HasModules(initializer) ? PropertyRules.ManyModules : ByType(type), false);
    }

    private static string ByType(ITypeSymbol type) =>
        type.Mentions(BrachyTypes.IsModule) ? PropertyRules.TreeAdvice(type, Roles)
            : type.HoldsTensors() && !IsKept(type)
                ? "declare partial properties for what it holds: with [Param] or [Buffer] for a tensor, of the module's own type for a "
                    + "module"
            : type is { TypeKind: TypeKind.Interface } or { SpecialType: SpecialType.System_Object }
                    or { IsAbstract: true, TypeKind: TypeKind.Class }
                && !(type is INamedTypeSymbol named && ContentRules.IsCollection(named))
                ? "if it is a module, declare it a partial property of the module's own type, or of Module<TInput, TOutput>, which is a "
                    + "submodule; else one with [Static]"
            : type is { Name: "Random", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } }
                ? "draw with Brachy's functions, such as F.rand, or keep an RngKey in a partial property with [Buffer]"
            : Roles;

    /// <summary>Whether a property of the type can be kept in the tree.</summary>
    private static bool IsKept(ITypeSymbol type) =>
        type.IsTensor() || type.IsStructureTree() || type.IsTreeValue() || type.IsRngKey() || type.IsTorchTensor();

    private static bool IsNew(IOperation value) => value switch
    {
        IConversionOperation { OperatorMethod: null } conversion => IsNew(conversion.Operand),
        _ => value is IObjectCreationOperation,
    };

    private static IEnumerable<ISymbol> Members(INamedTypeSymbol type) => type.GetMembers().Where(m => IsOutside(m, type));

    private static bool IsOutside(ISymbol member, INamedTypeSymbol type) =>
        !member.IsStatic && !member.IsImplicitlyDeclared && member switch
        {
            // What a constructor has as parameters is no member, and what is required the generator writes.
            IFieldSymbol => Declarator(member) is not null,
            IEventSymbol { IsAbstract: false } => Declarator(member) is not null,
            IPropertySymbol { IsPartialDefinition: false, PartialDefinitionPart: null } property =>
                (type.Attribute("Module") is null
                    ? PropertyRoles.Marked(property).Length == 0 : PropertyRoles.Of(property) == PropertyRole.None)
                && PropertyRoles.IsAuto(property),
            _ => false,
        };

    private static VariableDeclaratorSyntax? Declarator(ISymbol member) =>
        member.DeclaringSyntaxReferences.Select(r => r.GetSyntax()).OfType<VariableDeclaratorSyntax>().FirstOrDefault();

    private static bool HasInitializer(ISymbol member) => member is IPropertySymbol property
        ? PropertyRoles.Syntax(property) is not { Initializer: null }
        : Declarator(member) is not { Initializer: null };
}
