using System;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>
/// What was once found out about a symbol, as long as it lives: symbols do not change, and those of source are gone with their compilation.
/// </summary>
internal sealed class SymbolMemo<TSymbol, TValue>(Func<TSymbol, TValue> find)
    where TSymbol : class, ISymbol
{
    private readonly ConditionalWeakTable<TSymbol, StrongBox<TValue>> _known = new();
    private readonly ConditionalWeakTable<TSymbol, StrongBox<TValue>>.CreateValueCallback _find = symbol => new(find(symbol));

    public TValue Of(TSymbol symbol) => _known.GetValue(symbol, _find).Value;
}

/// <summary>
/// What was found out about types. Only of those without type arguments is there one object, so others are not remembered.
/// </summary>
internal sealed class TypeMemo<TValue>(Func<ITypeSymbol, TValue> find)
{
    private readonly SymbolMemo<ITypeSymbol, TValue> _known = new(find);

    public TValue Of(ITypeSymbol type) =>
        type is INamedTypeSymbol { IsGenericType: false, TypeKind: not TypeKind.Error } ? _known.Of(type.OriginalDefinition) : find(type);
}
