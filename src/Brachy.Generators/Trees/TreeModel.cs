namespace Brachy.Generators;

/// <summary>A [Tree] type, as far as its handler depends on it.</summary>
/// <param name="Scope">Where the handler goes.</param>
/// <param name="Type">The type without its namespace: <c>Pair&lt;T&gt;</c>.</param>
/// <param name="IsReference">Whether a value may be null.</param>
/// <param name="Positional">How many of the members, from the first, are parameters of the record.</param>
/// <param name="Members">The members in order.</param>
/// <param name="Handler">The name of the handler's class.</param>
/// <param name="Registration">The handler to register, or empty for types that other code cannot name.</param>
/// <param name="Warned">The ids of warnings about what the file mentions.</param>
internal sealed record TreeModel(
    TypeScope Scope, string Type, bool IsReference, int Positional, EquatableArray<MemberModel> Members, string Handler,
    string Registration, EquatableArray<string> Warned);
