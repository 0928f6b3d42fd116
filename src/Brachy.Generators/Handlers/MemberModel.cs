using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

internal enum MemberKind
{
    Leaf,
    Tree,
    Value,
    Static,
    Handler,
}

/// <summary>A member of a value that is taken apart: of a [Tree] type, or an argument of a compiled function.</summary>
/// <param name="Name">The name as an identifier.</param>
/// <param name="Type">The type with nullability.</param>
/// <param name="Kind">How it is taken apart.</param>
/// <param name="IsNullable">Whether it may be null.</param>
/// <param name="Handler">For <see cref="MemberKind.Handler"/>: the expression of its handler.</param>
/// <param name="HandledType">For <see cref="MemberKind.Handler"/>: the type of the values the handler takes.</param>
/// <param name="MentionsNullable">Whether the type, or a part of it, may be null, which handlers do not say.</param>
/// <param name="IsDonated">Whether its tensors are given away.</param>
internal sealed record MemberModel(
    string Name, string Type, MemberKind Kind, bool IsNullable, string Handler, string HandledType, bool MentionsNullable, bool IsDonated)
{
    /// <summary>The member, or null when it holds tensors that transforms cannot get at.</summary>
    public static MemberModel? Of(string name, ITypeSymbol type, bool isStatic = false, bool isDonated = false)
    {
        var handler = isStatic ? "" : HandlerExpression.Of(type);
        MemberKind? kind =
            type.IsTensor() ? MemberKind.Leaf
            : type.IsStructureTree() ? MemberKind.Tree
            : type.IsTreeValue() ? MemberKind.Value
            : handler is null ? null
            : handler.Length == 0
                || handler.StartsWith(HandlerExpression.Class + ".Static<", System.StringComparison.Ordinal) ? MemberKind.Static
            : MemberKind.Handler;
        return kind is null
            ? null
            : new MemberModel(
                TypeNames.Identifier(name),
                type.Full(),
                kind.Value,
                type.NullableAnnotation == NullableAnnotation.Annotated,
                kind == MemberKind.Handler ? handler! : "",
                kind == MemberKind.Handler ? type.FullNotNull() : "",
                type.MentionsNullable(),
                isDonated);
    }
}
