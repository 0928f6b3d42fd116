using Brachy.Extending;

namespace Brachy.Inference;

/// <summary>
/// Gives the fields of settings by the names of their <see cref="Settings.Entries"/>, in the order of the format: those that a file has,
/// those of settings that are being written, or those that a program names.
/// </summary>
internal abstract class SettingsFields
{
    public abstract long Whole(string name);

    /// <summary>A whole number from 0 on.</summary>
    public abstract int Count(string name);

    /// <summary>A whole number, 0 where there is none.</summary>
    public abstract long WholeOrZero(string name);

    public abstract double Real(string name);

    public abstract bool Flag(string name);

    public abstract string Text(string name);

    public abstract Shape List(string name);

    public abstract DType DType(string name);

    public abstract Scalar Number(string name);

    /// <summary>Whether there is such a setting.</summary>
    public abstract bool Has(string name);
}
