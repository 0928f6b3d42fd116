namespace Brachy;

/// <summary>
/// Makes a partial class a typed view of a node of a <see cref="StructureTree"/>. The source generator writes its
/// properties, <c>Bind</c>, <c>Call</c>, <c>Apply</c> and <c>JitApply</c>; the class writes its constructor and one public
/// <c>Forward</c>. Partial properties whose type is a module are submodules.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ModuleAttribute : Attribute;

/// <summary>
/// A trained value of a module: a partial property of type <see cref="Tensor"/>, <see cref="StructureTree"/> or <see cref="TreeValue"/>.
/// </summary>
/// <param name="name">The key in the tree; the property's name in snake_case by default.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ParamAttribute(string? name = null) : Attribute
{
    /// <summary>The key in the tree.</summary>
    public string? Name { get; } = name;
}

/// <summary>
/// State of a module that is not trained: a partial property of type <see cref="Tensor"/>, <see cref="StructureTree"/>,
/// <see cref="TreeValue"/> or <see cref="RngKey"/>.
/// </summary>
/// <param name="name">The key in the tree; the property's name in snake_case by default.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class BufferAttribute(string? name = null) : Attribute
{
    /// <summary>The key in the tree.</summary>
    public string? Name { get; } = name;
}

/// <summary>
/// Configuration: part of the compile key, never traced. On a partial property of a module it is kept in the node's
/// <c>Aux</c>; on a parameter of a <c>[Jit]</c> method it says that re-tracing for each value is meant. On a type it says that its
/// values, and those of types derived from it, are static wherever they go: generated code then compares them by content, also where a
/// type is known only when the program runs, as with <c>object</c>. What is declared static by a member, a parameter or an aux value
/// needs no attribute at its type.
/// </summary>
/// <param name="name">The key in the tree; the property's name in snake_case by default. It has no meaning elsewhere.</param>
[AttributeUsage(
    AttributeTargets.Property | AttributeTargets.Parameter | AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Interface,
    Inherited = false)]
public sealed class StaticAttribute(string? name = null) : Attribute
{
    /// <summary>The key in the tree.</summary>
    public string? Name { get; } = name;
}

/// <summary>A setting that a module reads from the <see cref="GlobalConfig"/>: a partial property with a getter only.</summary>
/// <param name="key">The key in the config.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ConfigAttribute(string key) : Attribute
{
    /// <summary>The key in the config.</summary>
    public string Key { get; } = key;

    /// <summary>The value that a newly built module puts into its config.</summary>
    public object? Default { get; set; }
}

/// <summary>Names the key of a submodule property; the property's name in snake_case by default.</summary>
/// <param name="name">The key among the node's submodules.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SubmoduleAttribute(string? name = null) : Attribute
{
    /// <summary>The key among the node's submodules.</summary>
    public string? Name { get; } = name;
}

/// <summary>
/// Compiles a static method: the source generator adds <c>NameJit</c> with the same parameters, and <c>NameJitFunction</c>
/// with its cache, graph and explanations.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class JitAttribute : Attribute
{
    /// <summary>
    /// Whether direct calls of the method in its project run <c>NameJit</c> instead: <c>Name(x)</c>, with named and optional arguments, as
    /// an extension, in lambdas. Calls through delegates and method groups are not reached, nor those in other projects. A debugger then
    /// steps over such a call, or into the method only while it is traced; <c>Jit.Disable()</c> runs the method itself. False by
    /// default.
    /// </summary>
    public bool Intercept { get; set; }
}

/// <summary>
/// Gives the tensors of an argument away: the call may reuse their memory, and using them afterwards throws
/// <see cref="DonatedTensorException"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class DonateAttribute : Attribute;

/// <summary>
/// Lets transforms take a partial record, class or struct apart: its tensors, trees and <c>[Tree]</c> members are traced,
/// everything else is static.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class TreeAttribute : Attribute;
