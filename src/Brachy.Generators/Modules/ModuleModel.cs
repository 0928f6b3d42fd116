namespace Brachy.Generators;

/// <summary>A module class, as far as its generated half depends on it.</summary>
/// <param name="Scope">Where the generated half goes.</param>
/// <param name="Type">The class as a type, without its namespace: <c>Residual&lt;T&gt;</c>.</param>
/// <param name="ConstructorName">The name of its constructors.</param>
/// <param name="NeedsBase">Whether the generated half names the base class.</param>
/// <param name="NeedsConstructor">Whether the class has no constructor of its own.</param>
/// <param name="HasRequired">Whether it has required members, which views do not set.</param>
/// <param name="HasStateOutsideTree">Whether it has fields that views leave unset.</param>
/// <param name="Properties">The properties to write.</param>
/// <param name="Defaults">The settings that new modules bring along.</param>
/// <param name="RandomKeys">The keys, as literals, of the buffers that are random keys.</param>
/// <param name="Forward">The Forward method, or null when there is none that can be applied.</param>
internal sealed record ModuleModel(
    TypeScope Scope,
    string Type,
    string ConstructorName,
    bool NeedsBase,
    bool NeedsConstructor,
    bool HasRequired,
    bool HasStateOutsideTree,
    EquatableArray<PropertyModel> Properties,
    EquatableArray<ConfigDefault> Defaults,
    EquatableArray<string> RandomKeys,
    ForwardModel? Forward);

/// <summary>A property to write.</summary>
/// <param name="Declaration">Modifiers, type and name.</param>
/// <param name="GetterKind">For example <c>private get</c>; empty without a getter.</param>
/// <param name="Getter">The expression that reads it.</param>
/// <param name="SetterKind">For example <c>private set</c>; empty without a setter.</param>
/// <param name="Setter">The expression that writes it.</param>
/// <param name="View">The field that keeps the view of a submodule, with its type, or empty.</param>
internal sealed record PropertyModel(string Declaration, string GetterKind, string Getter, string SetterKind, string Setter, string View);

/// <summary>A setting that new modules bring along.</summary>
/// <param name="Key">The key as a literal.</param>
/// <param name="Value">The value as an expression.</param>
internal sealed record ConfigDefault(string Key, string Value);

/// <summary>What a module computes.</summary>
/// <param name="Signature">Its parameters and result.</param>
/// <param name="Arguments">The arguments of the compiled function, or null when it cannot be compiled.</param>
/// <param name="OutputHandler">The handler of the output.</param>
/// <param name="Registrations">The handlers that transforms of the module need.</param>
internal sealed record ForwardModel(
    SignatureModel Signature, EquatableArray<MemberModel>? Arguments, string OutputHandler, EquatableArray<string> Registrations);
