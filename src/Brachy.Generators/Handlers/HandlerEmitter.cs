using System;
using System.Collections.Generic;
using System.Linq;

namespace Brachy.Generators;

/// <summary>Writes a class derived from <c>TreeHandler</c> that takes a value apart member by member.</summary>
internal sealed class HandlerEmitter(string className, string type, EquatableArray<MemberModel> members)
{
    private readonly Dictionary<string, string> _handlers = NameHandlers(members);

    /// <summary>Whether a value may be null, which is then noted.</summary>
    public bool IsReference { get; init; }

    /// <summary>Whether the members are arguments of a function, and not parts of one value.</summary>
    public bool AreArguments { get; init; }

    /// <summary>Makes an expression that builds a value from those of the members, in order.</summary>
    public Func<IReadOnlyList<string>, string> Build { get; init; } = values => $"new({string.Join(", ", values)})";

    public void Write(SourceWriter writer) => writer.Block($"private sealed class {className} : {HandlerExpression.Class}<{type}>", () =>
    {
        foreach (var member in members.Where(m => m.Kind == MemberKind.Handler && !IsDirect(m)))
        {
            var name = _handlers[member.Name];
            var suppress = member.MentionsNullable ? "!" : "";
            writer.Line($"private {HandlerExpression.Class}<{member.HandledType}>? _{name};");
            writer.Separate();
            writer.Line($"private {HandlerExpression.Class}<{member.HandledType}> {name} => _{name} ??= {member.Handler}{suppress};");
            writer.Separate();
        }

        writer.Block($"public override void Flatten({type} value, global::Brachy.TreeFlattener flattener)", () => WriteFlatten(writer));
        writer.Separate();
        WriteUnflatten(writer);
    });

    private void WriteFlatten(SourceWriter writer)
    {
        if (IsReference)
        {
            writer.Line("flattener.Static(value is not null);");
            writer.Block("if (value is null)", () => writer.Line("return;"));
            writer.Separate();
        }

        foreach (var member in members)
        {
            var name = TypeNames.Quoted(member.Name.TrimStart('@'));
            writer.Line(
                AreArguments ? $"flattener.Argument({name}{(member.IsDonated ? ", donated: true" : "")});" : $"flattener.Push({name});");
            writer.Line(Flatten(member) + ";");
            if (!AreArguments)
            {
                writer.Line("flattener.Pop();");
            }
        }
    }

    private void WriteUnflatten(SourceWriter writer)
    {
        var head = $"public override {type} Unflatten(global::Brachy.TreeUnflattener unflattener) =>";
        var values = members.Select(Unflatten).ToArray();
        var value = Build(values);
        if (IsReference)
        {
            value = $"unflattener.Static<bool>() ? {value} : null!";
        }

        writer.Line(head);
        writer.Indented(() => writer.Line(value + ";"));
    }

    private string Flatten(MemberModel member)
    {
        var value = $"value.{member.Name}";
        return member.Kind switch
        {
            MemberKind.Leaf => $"flattener.Leaf({value})",
            MemberKind.Tree => $"flattener.Tree({value})",
            MemberKind.Value => $"flattener.Value({value})",
            MemberKind.Static => $"flattener.Static({value})",
            _ => $"{HandlerOf(member)}.Flatten({value}{(member.MentionsNullable ? "!" : "")}, flattener)",
        };
    }

    private string Unflatten(MemberModel member) => member.Kind switch
    {
        MemberKind.Leaf => "unflattener.Leaf()" + (member.IsNullable ? "" : "!"),
        MemberKind.Tree => "unflattener.Tree()" + (member.IsNullable ? "" : "!"),
        MemberKind.Value => "unflattener.Value()",
        MemberKind.Static => $"unflattener.Static<{member.Type}>()",
        _ => $"{HandlerOf(member)}.Unflatten(unflattener){(member.MentionsNullable ? "!" : "")}",
    };

    private string HandlerOf(MemberModel member) => IsDirect(member) ? member.Handler : _handlers[member.Name];

    /// <summary>Whether the handler is kept elsewhere, so that it needs no field here.</summary>
    private static bool IsDirect(MemberModel member) => !member.Handler.EndsWith(")", StringComparison.Ordinal);

    private static Dictionary<string, string> NameHandlers(EquatableArray<MemberModel> members)
    {
        var names = new Dictionary<string, string>();
        foreach (var member in members)
        {
            names[member.Name] = $"{member.Name.TrimStart('@')}Handler";
        }

        return names;
    }
}
