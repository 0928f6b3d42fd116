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
    private readonly HashSet<ITypeSymbol> _open = new(SymbolEqualityComparer.Default);
    private readonly HashSet<string> _met = [];
    private readonly List<string> _statements = [];
    private readonly List<string> _refusals = [];

    /// <summary>What is said of a type that Brachy meets.</summary>
    public static ContentModel OfMet(ITypeSymbol type) => Of(type, []);

    /// <summary>
    /// What is said of a type whose values are static: a class that says itself which of its values are the same is taken at its word.
    /// </summary>
    public static ContentModel OfMarked(INamedTypeSymbol type)
    {
        var model = OfMet(type);
        return type is { TypeKind: TypeKind.Class, IsRecord: false, IsAbstract: false } && HandlerExpression.CanBeWritten(type)
            && StaticContentCheck.Problem(type) is null && !type.HoldsTensors()
                ? model with { Statements = model.Statements.Append($"{Class}.RegisterPlain<{type.FullNotNull()}>();").ToEquatableArray() }
                : model;
    }

    /// <summary>What is said of a declared type: it is met where values of it, of a base class or of an interface are.</summary>
    public static ContentModel OfDeclared(INamedTypeSymbol type)
    {
        var model = Of(type, [NamesOf(type)]);
        return model.Refusals.Count == 0 && !type.IsAbstract && !type.IsTree()
            && ContentRules.CanBeTakenApart(type) && (ContentRules.CanChange(type) || ContentRules.HoldsReals(type))
                ? model with { Unmarked = type.Metadata() }
                : model;
    }

    /// <summary>
    /// What is said of a constructed type that code makes: it may be met where the types of the project that it names are.
    /// </summary>
    public static ContentModel OfMade(ITypeSymbol type) => Of(type, OfThisProject(type).Select(NamesOf));

    /// <summary>
    /// The statement about a type that has nothing to do with Brachy. It has the name as text: code that used the type would keep it when
    /// the program is trimmed, and could not use an obsolete one.
    /// </summary>
    public static string Unmarked(string name) =>
        $"{Class}.RefuseUnmarked(typeof(StaticContentRegistration), {TypeNames.Quoted(name)});";

    private static ContentModel Of(ITypeSymbol type, IEnumerable<EquatableArray<string>> needs)
    {
        var registration = new ContentRegistration();
        registration.Walk(type);
        registration.Refuse(type);
        return new ContentModel(
            needs.ToEquatableArray(), registration._met.ToEquatableArray(), registration._statements.ToEquatableArray(),
            registration._refusals.ToEquatableArray());
    }

    private static EquatableArray<string> NamesOf(INamedTypeSymbol type)
    {
        var names = new List<string>();
        for (var current = type; current is { SpecialType: SpecialType.None }; current = current.BaseType!)
        {
            names.Add(current.OriginalDefinition.Metadata());
        }

        foreach (var implemented in type.AllInterfaces)
        {
            names.Add(implemented.OriginalDefinition.Metadata());
        }

        return names.ToEquatableArray();
    }

    private static IEnumerable<INamedTypeSymbol> OfThisProject(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => OfThisProject(array.ElementType),
        INamedTypeSymbol named => ArgumentsOf(named).SelectMany(OfThisProject).Concat(ContentRules.IsOfThisProject(named) ? [named] : []),
        _ => [],
    };

    private static IEnumerable<ITypeSymbol> ArgumentsOf(INamedTypeSymbol type) =>
        type.ContainingType is { } outer ? type.TypeArguments.Concat(ArgumentsOf(outer)) : type.TypeArguments;

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

        var name = TypeNames.Quoted(definition.Metadata());
        if (StaticContentCheck.ReasonToRefuse(definition) is { } reason)
        {
            _refusals.Add($"{Class}.Refuse(typeof(StaticContentRegistration), {name}, {TypeNames.Quoted(reason)});");
        }
        else if (ContentRules.StoresTypeParameters(definition))
        {
            _refusals.Add($"{Class}.RefuseUnseen(typeof(StaticContentRegistration), {name});");
        }
    }

    private void Walk(ITypeSymbol type)
    {
        if (!HandlerExpression.CanBeWritten(type))
        {
            WalkOpen(type);
            return;
        }

        if (!_seen.Add(type.Key()))
        {
            return;
        }

        Meet(type);
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

    /// <summary>What code elsewhere cannot name may be made of what it can.</summary>
    private void WalkOpen(ITypeSymbol type)
    {
        if (!_open.Add(type))
        {
            return;
        }

        Meet(type);
        WalkAll(type switch
        {
            IArrayTypeSymbol array => [array.ElementType],
            ITypeParameterSymbol parameter => parameter.ConstraintTypes,
            INamedTypeSymbol { TypeKind: not TypeKind.Error } named => named.TypeArguments.Concat(
                (named.IsRecord || named.IsValueType || named.IsTree()) && ContentRules.IsOfThisProject(named)
                    ? ContentRules.Stored(named).Select(s => s.Type)
                    : []),
            _ => [],
        });
    }

    private void Meet(ITypeSymbol type)
    {
        if (type is INamedTypeSymbol { SpecialType: SpecialType.None, TypeKind: not TypeKind.Error } named)
        {
            _met.Add(named.OriginalDefinition.Metadata());
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

        var (names, values, copies) = (new List<string>(), new List<string>(), new List<string>());
        string? notCopied = null;
        foreach (var (member, memberType) in ContentRules.Stored(type))
        {
            if (names.Contains(member.Name))
            {
                continue;
            }

            if (ContentRules.CanChange(memberType))
            {
                notCopied ??= ContentRules.IsSettable(member) ? null : member.Name;
                copies.Add($"{TypeNames.Identifier(member.Name)} = ({memberType.Full()})items[{names.Count}]!");
            }

            names.Add(member.Name);
            values.Add($"value.{TypeNames.Identifier(member.Name)}");
        }

        Write(
            type.FullNotNull(),
            names,
            values,
            notCopied is not null || !ContentRules.CanChange(type) ? null
                : copies.Count == 0 ? "value with { }"
                : $"value with {{ {string.Join(", ", copies)} }}",
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
