namespace Brachy.Models;

/// <summary>Tensors by name, whose types are known before their elements are read.</summary>
internal interface IWeightSource : IDisposable
{
    /// <summary>Where they come from, for messages.</summary>
    string Place { get; }

    /// <summary>The names and types.</summary>
    IReadOnlyDictionary<string, TensorType> Types { get; }

    /// <summary>Names of values that are no tensors.</summary>
    IReadOnlyList<string> NotTensors { get; }

    /// <summary>A tensor, which is the caller's to keep or to free. Each name is read once.</summary>
    Tensor Read(string name);
}
