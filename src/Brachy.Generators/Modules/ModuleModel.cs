namespace Brachy.Generators;

/// <summary>A module class, as far as its generated half depends on it.</summary>
/// <param name="Scope">Where the generated half goes.</param>
/// <param name="Type">The class as a type, without its namespace: <c>Residual&lt;T&gt;</c>.</param>
/// <param name="ConstructorName">The name of its constructors.</param>
/// <param name="Kind">Whether it can be constructed and derived from.</param>
/// <param name="Base">What it derives from.</param>
/// <param name="NeedsConstructor">Whether the class has no constructor of its own.</param>
/// <param name="HasRequired">Whether it has required members, which views do not set.</param>
/// <param name="HasStateOutsideTree">Whether it has fields that views leave unset.</param>
/// <param name="Properties">The properties to write.</param>
/// <param name="Defaults">The settings that new modules bring along.</param>
/// <param name="RandomKeys">The keys, as literals, of the buffers that are random keys, sorted.</param>
/// <param name="Attributes">What other projects must be told of its members.</param>
/// <param name="Plumbing">The name of the class that holds what the generated members need.</param>
/// <param name="Warned">The ids of warnings about what the file mentions.</param>
/// <param name="Forward">The Forward method, or null when there is none that can be applied.</param>
internal sealed record ModuleModel(
    TypeScope Scope,
    string Type,
    string ConstructorName,
    ModuleKind Kind,
    ModuleBase Base,
    bool NeedsConstructor,
    bool HasRequired,
    bool HasStateOutsideTree,
    EquatableArray<PropertyModel> Properties,
    EquatableArray<ConfigDefault> Defaults,
    EquatableArray<string> RandomKeys,
    EquatableArray<string> Attributes,
    string Plumbing,
    EquatableArray<string> Warned,
    ForwardModel? Forward);

/// <summary>Whether a module can be constructed and derived from.</summary>
internal enum ModuleKind
{
    Open,
    Sealed,
    Abstract,
}

/// <summary>What a module derives from.</summary>
/// <param name="IsGenerated">Whether the generated half names the base class.</param>
/// <param name="IsTyped">
/// Whether the base class says what nodes take and give: it is, or derives from, <c>Module&lt;TInput, TOutput&gt;</c>.
/// </param>
/// <param name="HasDefaults">Whether the base class may have settings of its own that new modules bring along.</param>
/// <param name="HasView">Whether the base class has a Bind of its own.</param>
/// <param name="HasCall">Whether ways to call the module are inherited from another module.</param>
/// <param name="HasApply">Whether the base class has an apply function of its own, which the module's hides.</param>
/// <param name="IsAround">Whether the module is nested in a class that it derives from, and so hides its private members too.</param>
internal sealed record ModuleBase(
    bool IsGenerated, bool IsTyped, bool HasDefaults, bool HasView, bool HasCall, bool HasApply, bool IsAround);

/// <summary>A property to write.</summary>
/// <param name="Declaration">Modifiers, type and name.</param>
/// <param name="GetterKind">For example <c>private get</c>; empty without a getter.</param>
/// <param name="Getter">The expression that reads it.</param>
/// <param name="SetterKind">For example <c>private set</c>; empty without a setter.</param>
/// <param name="Setter">The expression that writes it.</param>
/// <param name="View">The field that keeps the view of a submodule, with its type, or empty.</param>
/// <param name="Attributes">The attributes.</param>
internal sealed record PropertyModel(
    string Declaration, string GetterKind, string Getter, string SetterKind, string Setter, string View, EquatableArray<string> Attributes);

/// <summary>A setting that new modules bring along.</summary>
/// <param name="Key">The key as a literal.</param>
/// <param name="Value">The value as an expression.</param>
internal sealed record ConfigDefault(string Key, string Value);

/// <summary>What a module computes.</summary>
/// <param name="Signature">Its parameters and result.</param>
/// <param name="InheritsCall">Whether the base class has a Call with these parameters.</param>
/// <param name="InputHandler">The handler of the input, or null when it cannot be taken apart.</param>
/// <param name="OutputHandler">The handler of the output, or null when it cannot be taken apart.</param>
/// <param name="Attributes">By which the author warns of the method.</param>
/// <param name="Registrations">The handlers that transforms of the module need.</param>
internal sealed record ForwardModel(
    SignatureModel Signature, bool InheritsCall, string? InputHandler, string? OutputHandler, EquatableArray<string> Attributes,
    EquatableArray<string> Registrations);
