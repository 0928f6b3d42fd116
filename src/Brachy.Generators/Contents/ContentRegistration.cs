using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>The statements that make types known whose static values are compared and copied by content.</summary>
internal sealed class ContentRegistration
{
    private const string Class = "global::Brachy.CompilerServices.StaticContent";

    /// <summary>How a collection is made anew from <c>source</c> and <c>items</c>, by its type.</summary>
    private static readonly Dictionary<string, string> s_collections = new()
    {
        ["System.Collections.Generic.List"] = "new(items)",
        ["System.Collections.Generic.HashSet"] = "new(items, source.Comparer)",
        ["System.Collections.Generic.SortedSet"] = "new(items, source.Comparer)",
        ["System.Collections.Generic.Queue"] = "new(items)",
        ["System.Collections.Generic.Stack"] = "new(global::System.Linq.Enumerable.Reverse(items))",
        ["System.Collections.Generic.LinkedList"] = "new(items)",
        ["System.Collections.Generic.Dictionary"] = "new(items, source.Comparer)",
        ["System.Collections.Generic.SortedDictionary"] =
            "new(global::System.Linq.Enumerable.ToDictionary(items, i => i.Key, i => i.Value), source.Comparer)",
        ["System.Collections.Generic.SortedList"] =
            "new(global::System.Linq.Enumerable.ToDictionary(items, i => i.Key, i => i.Value), source.Comparer)",
        ["System.Collections.ObjectModel.Collection"] = "new(global::System.Linq.Enumerable.ToList(items))",
        ["System.Collections.ObjectModel.ObservableCollection"] = "new(items)",
        ["System.Collections.ObjectModel.ReadOnlyCollection"] = "new(global::System.Linq.Enumerable.ToList(items))",
        ["System.Collections.Immutable.ImmutableArray"] = "global::System.Collections.Immutable.ImmutableArray.CreateRange(items)",
        ["System.Collections.Immutable.ImmutableList"] = "global::System.Collections.Immutable.ImmutableList.CreateRange(items)",
    };

    /// <summary>The types behind interfaces most often.</summary>
    private static readonly Dictionary<string, string> s_interfaces = new()
    {
        ["IEnumerable"] = "List",
        ["IReadOnlyCollection"] = "List",
        ["ICollection"] = "List",
        ["IReadOnlyList"] = "List",
        ["IList"] = "List",
        ["IReadOnlySet"] = "HashSet",
        ["ISet"] = "HashSet",
        ["IReadOnlyDictionary"] = "Dictionary",
        ["IDictionary"] = "Dictionary",
    };

    private readonly HashSet<string> _seen = [];
    private readonly List<string> _statements = [];

    /// <summary>The statements for a type and what it is made of.</summary>
    public static IEnumerable<string> Of(ITypeSymbol type)
    {
        var registration = new ContentRegistration();
        registration.Walk(type);
        registration.Refuse(type);
        return registration._statements;
    }

    /// <summary>
    /// The statements for a type of a file that has nothing to do with Brachy. They have its name as text: code that used the type would
    /// keep it when the program is trimmed, and could not use an obsolete one.
    /// </summary>
    public static IEnumerable<string> OfUnseen(ITypeSymbol type)
    {
        var registration = new ContentRegistration();
        registration.Refuse(type);
        if (registration._statements.Count == 0 && type is INamedTypeSymbol { IsAbstract: false } named && !named.IsTree()
            && ContentRules.CanBeTakenApart(named) && ContentRules.CanChange(named))
        {
            registration.Refuse(
                named, "can change in place and was not seen by generated code, which looks at types of [Static] members, of arguments of "
                + "[Jit] methods and transforms, and of files with 'using Brachy;'");
        }

        return registration._statements;
    }

    /// <summary>
    /// What cannot be registered and would not be compared by content is refused when the program runs, wherever such a value goes.
    /// </summary>
    private void Refuse(ITypeSymbol type)
    {
        if (type is not INamedTypeSymbol { OriginalDefinition: var definition } || !ContentRules.IsOfThisProject(definition)
            || definition.IsTree())
        {
            return;
        }

        if (StaticContentCheck.ReasonToRefuse(definition) is { } reason)
        {
            Refuse(definition, reason);
        }
        else if (ContentRules.StoresTypeParameters(definition))
        {
            _statements.Add(
                $"{Class}.RefuseUnseen(typeof(StaticContentRegistration), {TypeNames.Quoted(definition.Metadata())});");
        }
    }

    private void Refuse(INamedTypeSymbol definition, string reason) => _statements.Add(
        $"{Class}.Refuse(typeof(StaticContentRegistration), {TypeNames.Quoted(definition.Metadata())}, {TypeNames.Quoted(reason)});");

    private void Walk(ITypeSymbol type)
    {
        if (!HandlerExpression.CanBeWritten(type) || !_seen.Add(type.Key()))
        {
            return;
        }

        switch (type)
        {
            case IArrayTypeSymbol array:
                Walk(array.ElementType);
                break;
            case INamedTypeSymbol { TypeKind: TypeKind.Delegate or TypeKind.Enum }:
                break;
            case INamedTypeSymbol { IsTupleType: true } tuple:
                WalkAll(tuple.TupleElements.Select(e => e.Type));
                WriteTuple(tuple);
                break;
            case INamedTypeSymbol named when ContentRules.IsMemory(named) || NameOf(named) == "System.ArraySegment":
                WalkAll(named.TypeArguments);
                if (!named.TypeArguments[0].HoldsTensors())
                {
                    _statements.Add($"{Class}.RegisterMemory<{named.TypeArguments[0].Full()}>();");
                }

                break;
            case INamedTypeSymbol named when s_collections.TryGetValue(NameOf(named), out var copy):
                WalkAll(named.TypeArguments);
                WriteCollection(named.FullNotNull(), [.. named.TypeArguments], copy, named.Name);
                break;
            case INamedTypeSymbol { TypeKind: TypeKind.Interface } named
                when NameOf(named) == $"System.Collections.Generic.{named.Name}" && s_interfaces.TryGetValue(named.Name, out var usual):
                WalkAll(named.TypeArguments);
                var arguments = string.Join(", ", named.TypeArguments.Select(a => a.Full()));
                WriteCollection(
                    $"global::System.Collections.Generic.{usual}<{arguments}>", [.. named.TypeArguments],
                    s_collections["System.Collections.Generic." + usual], usual);
                break;
            case INamedTypeSymbol { Name: "KeyValuePair", Arity: 2 } pair when NameOf(pair) == "System.Collections.Generic.KeyValuePair":
                WalkAll(pair.TypeArguments);
                WritePair(pair.TypeArguments[0], pair.TypeArguments[1]);
                break;
            case INamedTypeSymbol named when ContentRules.CanBeTakenApart(named):
                WalkAll(ContentRules.Stored(named).Select(s => s.Type));
                WriteMembers(named);
                break;
            case INamedTypeSymbol named:
                // A [Tree] class holds static values too.
                WalkAll(named.IsTree() ? ContentRules.Stored(named).Select(s => s.Type) : named.TypeArguments);
                break;
        }
    }

    private void WalkAll(IEnumerable<ITypeSymbol> types)
    {
        foreach (var type in types)
        {
            Walk(type);
        }
    }

    private void WriteMembers(INamedTypeSymbol type)
    {
        if (type.IsAbstract)
        {
            return;
        }

        if (ContentRules.IsPlain(type))
        {
            // Structs need not be known: they are told apart by their bits.
            if (type.IsReferenceType)
            {
                _statements.Add($"{Class}.RegisterPlain<{type.FullNotNull()}>();");
            }

            return;
        }

        var stored = ContentRules.Stored(type).GroupBy(s => s.Member.Name).Select(g => g.First()).ToArray();
        var changing = stored.Select((s, i) => (s.Member, s.Type, Index: i)).Where(s => ContentRules.CanChange(s.Type)).ToArray();
        var notCopied = changing.FirstOrDefault(s => !ContentRules.IsSettable(s.Member)).Member?.Name;
        var copies = string.Join(", ", changing.Select(s => $"{TypeNames.Identifier(s.Member.Name)} = ({s.Type.Full()})items[{s.Index}]!"));
        Write(
            type.FullNotNull(),
            stored.Select(s => s.Member.Name),
            stored.Select(s => $"value.{TypeNames.Identifier(s.Member.Name)}"),
            notCopied is not null || !ContentRules.CanChange(type) ? null
                : copies.Length == 0 ? "value with { }"
                : $"value with {{ {copies} }}",
            notCopied);
    }

    private void WriteTuple(INamedTypeSymbol tuple)
    {
        var elements = tuple.TupleElements;
        if (tuple.HoldsTensors() || elements.All(e => !ContentRules.CanChange(e.Type) && !e.Type.IsReal()))
        {
            return;
        }

        // The name without those of the elements, which are no part of the type.
        Write(
            tuple.Key(),
            elements.Select((_, i) => $"Item{i + 1}"),
            elements.Select((_, i) => $"value.Item{i + 1}"),
            $"({string.Join(", ", elements.Select((e, i) => $"({e.Type.Full()})items[{i}]!"))})",
            null);
    }

    private void WritePair(ITypeSymbol key, ITypeSymbol value) => Write(
        $"global::System.Collections.Generic.KeyValuePair<{key.Full()}, {value.Full()}>",
        ["Key", "Value"],
        ["value.Key", "value.Value"],
        $"new(({key.Full()})items[0]!, ({value.Full()})items[1]!)",
        null);

    private void WriteCollection(string type, ITypeSymbol[] arguments, string copy, string name)
    {
        // A collection with tensors is refused for its items, and an immutable one is copied for their sake only.
        if (arguments.Any(a => a.HoldsTensors()) || (copy.Contains("CreateRange") && !ContentRules.CanChange(arguments[0])))
        {
            return;
        }

        var item = arguments[0].Full();
        if (arguments.Length == 2)
        {
            item = $"global::System.Collections.Generic.KeyValuePair<{item}, {arguments[1].Full()}>";
            WritePair(arguments[0], arguments[1]);
        }

        _statements.Add($"{Class}.RegisterCollection<{type}, {item}>(static (source, items) => "
            + $"{copy}{(name == "HashSet" ? ", isUnordered: true" : "")});");
    }

    private void Write(string type, IEnumerable<string> names, IEnumerable<string> values, string? copy, string? notCopied)
    {
        var named = notCopied is null ? "" : $", notCopied: {TypeNames.Quoted(notCopied)}";
        _statements.Add(
            $"{Class}.Register<{type}>([{string.Join(", ", names.Select(TypeNames.Quoted))}], static value => "
            + $"[{string.Join(", ", values)}], " +
            $"{(copy is null ? "null" : $"static (value, items) => {copy}")}{named});");
    }

    private static string NameOf(INamedTypeSymbol type) => $"{type.ContainingNamespace.ToDisplayString()}.{type.Name}";
}
