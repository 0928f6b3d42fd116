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

    /// <summary>How many of the members, from the first, are arguments of the constructor; the others are set afterwards.</summary>
    public int Positional { get; init; } = members.Count;

    public void Write(SourceWriter writer)
    {
        GeneratedAttributes.Method(writer);
        writer.Open($"private sealed class {className} : {HandlerExpression.Class}<{type}>");
        WriteMembers(writer);
        writer.Close();
    }

    private void WriteMembers(SourceWriter writer)
    {
        // Of a class that is initialised when it is needed: static members of the type may need it before their own turn.
        writer.Line($"internal static readonly {className} Instance = new();");
        writer.Separate();
        foreach (var member in members)
        {
            if (member.Kind != MemberKind.Handler || IsDirect(member))
            {
                continue;
            }

            // Made when first needed, since types can contain each other.
            var (name, field) = (
                _handlers[member.Name], "_" + char.ToLowerInvariant(_handlers[member.Name][0]) + _handlers[member.Name].Substring(1));
            writer.Line($"private {HandlerExpression.Class}<{member.HandledType}> {name} => {field} ??= {member.Handler};");
            writer.Line($"private {HandlerExpression.Class}<{member.HandledType}>? {field};");
            writer.Separate();
        }

        writer.Open($"public override void Flatten({type} value, global::Brachy.CompilerServices.TreeFlattener flattener)");
        WriteFlatten(writer);
        writer.Close();
        writer.Separate();
        WriteUnflatten(writer);
    }

    private void WriteFlatten(SourceWriter writer)
    {
        if (IsReference)
        {
            writer.Line("flattener.Layout(value is not null);");
            writer.Block("if (value is null)", "return;");
            writer.Separate();
        }

        foreach (var member in members)
        {
            var name = TypeNames.Quoted(member.Name.TrimStart('@'));
            writer.Line(
                AreArguments ? $"flattener.Argument({name}{(member.IsDonated ? ", donated: true" : "")});" : $"flattener.Push({name});");
            if (NeedsNullCheck(member))
            {
                writer.Line($"flattener.Layout(value.{member.Name} is not null);");
                writer.Block($"if (value.{member.Name} is not null)", Flatten(member) + ";");
                writer.Separate();
            }
            else
            {
                writer.Line(Flatten(member) + ";");
            }

            if (!AreArguments)
            {
                writer.Line("flattener.Pop();");
            }
        }
    }

    private void WriteUnflatten(SourceWriter writer)
    {
        writer.Open($"public override {type} Unflatten(global::Brachy.CompilerServices.TreeUnflattener unflattener)");
        if (IsReference)
        {
            writer.Block("if (!unflattener.Static<bool>())", "return null!;");
            writer.Separate();
        }

        var settings = members.Skip(Positional).ToArray();
        writer.List($"return new {type}(", members.Take(Positional).Select(Unflatten), settings.Length == 0 ? ");" : ")");
        if (settings.Length > 0)
        {
            writer.Open();
            foreach (var member in settings)
            {
                writer.Line($"{member.Name} = {Unflatten(member)},");
            }

            writer.Close("};");
        }

        writer.Close();
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
        _ when NeedsNullCheck(member) => $"unflattener.Static<bool>() ? {HandlerOf(member)}.Unflatten(unflattener)! : default",
        _ => $"{HandlerOf(member)}.Unflatten(unflattener){(member.MentionsNullable ? "!" : "")}",
    };

    /// <summary>Whether the member may be null and its handler does not take null.</summary>
    private static bool NeedsNullCheck(MemberModel member) => member is { Kind: MemberKind.Handler, IsNullable: true } && !IsDirect(member);

    private string HandlerOf(MemberModel member) => IsDirect(member) ? member.Handler : _handlers[member.Name];

    /// <summary>Whether the handler is kept elsewhere, so that it needs no field here.</summary>
    private static bool IsDirect(MemberModel member) => !member.Handler.EndsWith(")", StringComparison.Ordinal);

    private static Dictionary<string, string> NameHandlers(EquatableArray<MemberModel> members)
    {
        var names = new Dictionary<string, string>();
        foreach (var member in members)
        {
            var plain = member.Name.TrimStart('@');
            var name = $"{char.ToUpperInvariant(plain[0])}{plain.Substring(1)}Handler";
            names[member.Name] = names.ContainsValue(name) ? $"{name}{names.Count}" : name;
        }

        return names;
    }
}
