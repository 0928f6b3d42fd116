using System.ComponentModel;

namespace Brachy.CompilerServices;

/// <summary>
/// What generated code says of a member of a module that other projects cannot see in it, for modules that derive from it there: private
/// members, and submodules without an attribute.
/// </summary>
/// <param name="key">The key in the tree.</param>
/// <param name="name">The name of the property.</param>
/// <param name="isRandomKey">Whether it is a buffer of type <c>RngKey</c>.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ModuleMemberAttribute(string key, string name, bool isRandomKey = false) : Attribute
{
    /// <summary>The key in the tree.</summary>
    public string Key => key;

    /// <summary>The name of the property.</summary>
    public string Name => name;

    /// <summary>Whether it is a buffer of type <c>RngKey</c>.</summary>
    public bool IsRandomKey => isRandomKey;
}
