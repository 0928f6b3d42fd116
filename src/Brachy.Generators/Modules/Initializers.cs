using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Brachy.Generators;

/// <summary>Initialisers of members outside of the tree: each view that is made of a module runs them again.</summary>
internal static class Initializers
{
    /// <summary>Whether all views get the same from an initialiser, however often and whenever it is run.</summary>
    public static bool IsSameForAllViews(IOperation value) => !Differs(value);

    /// <summary>The type of what an initialiser gives, before it is converted to the type of the member.</summary>
    public static ITypeSymbol? TypeOf(IOperation value) => value switch
    {
        IConversionOperation { OperatorMethod: null } conversion => TypeOf(conversion.Operand),
        _ => value.Type,
    };

    /// <summary>A module that functions in an initialiser make or find outside of the tree, if there is one.</summary>
    public static ITypeSymbol? ModuleOfFunction(IOperation value) => value.DescendantsAndSelf()
        .Where(o => o is IAnonymousFunctionOperation or IMethodReferenceOperation)
        .SelectMany(function => function.Descendants()).Where(IsModuleFromOutside).Select(o => o.Type).FirstOrDefault();

    /// <summary>Whether an initialiser makes modules and keeps them in something, or finds them outside of the tree.</summary>
    public static bool HasModules(IOperation value) => value.DescendantsAndSelf().Any(IsModuleFromOutside);

    private static bool Differs(IOperation value) => !value.ConstantValue.HasValue && value switch
    {
        IAnonymousFunctionOperation function => function.Descendants().Any(IsModuleFromOutside),
        INameOfOperation or ITypeOfOperation or ISizeOfOperation or IDefaultValueOperation or IThrowOperation => false,
        IFieldReferenceOperation { Field: { IsStatic: true, IsReadOnly: false } } => true,
        IPropertyReferenceOperation { Property: { IsStatic: true } property } => DiffersStatic(property),
        IInvocationOperation call => !PureTypes.IsPure(call.TargetMethod) || AnyDiffers(call),
        IObjectCreationOperation { Type: { } type } => !PureTypes.IsImmutable(type) || AnyDiffers(value),
        _ when IsGiven(value) || IsPartOfNew(value) => AnyDiffers(value),
        ICollectionExpressionOperation { Type: { } type } => !IsReadOnlyList(type) || AnyDiffers(value),
        IArrayCreationOperation or IArrayInitializerOperation { Parent: IVariableInitializerOperation or IFieldInitializerOperation }
            or ITypeParameterObjectCreationOperation or IDynamicInvocationOperation or IDynamicObjectCreationOperation
            or IAwaitOperation => true,
        _ => Writes.Of(value).Any() || AnyDiffers(value),
    };

    /// <summary>Whether it is a list of items for a function, which decides what becomes of it.</summary>
    private static bool IsGiven(IOperation value) =>
        value is IArrayCreationOperation or ICollectionExpressionOperation && Outer(value) is IArgumentOperation;

    /// <summary>Whether it sets a member of the object that is made.</summary>
    private static bool IsPartOfNew(IOperation value) => value is ISimpleAssignmentOperation
    {
        Target: IMemberReferenceOperation
        {
            Instance: IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ImplicitReceiver },
        },
    };

    private static IOperation? Outer(IOperation value) =>
        value.Parent is IConversionOperation conversion ? Outer(conversion) : value.Parent;

    private static bool AnyDiffers(IOperation value) => value.ChildOperations.Any(Differs);

    /// <summary>Objects that are always the same hold what they hold; a generator of numbers goes on.</summary>
    private static bool DiffersStatic(IPropertySymbol property) => property.SetMethod is not null
        || (ImpureCode.Differs(property)
            && (property.Type.IsValueType || property.Type.SpecialType == SpecialType.System_String || property.Type.Name == "Random"));

    private static bool IsReadOnlyList(ITypeSymbol type) => type is INamedTypeSymbol named
        && (ContentRules.IsImmutableCollection(named) || named is
        {
            Name: "IEnumerable" or "IReadOnlyList" or "IReadOnlyCollection",
            ContainingNamespace: { Name: "Generic", ContainingNamespace.Name: "Collections" },
        })
        && named.TypeArguments.All(PureTypes.IsImmutable);

    private static bool IsModuleFromOutside(IOperation operation) => operation.Type is { } type && type.IsModule() && operation switch
    {
        IObjectCreationOperation or ITypeParameterObjectCreationOperation => true,
        IInvocationOperation { TargetMethod: { IsStatic: true, Name: not "Bind" } } => true,
        IFieldReferenceOperation { Field.IsStatic: true } or IPropertyReferenceOperation { Property.IsStatic: true } => true,
        _ => false,
    }
        && StateRules.MayHoldState(type);
}
