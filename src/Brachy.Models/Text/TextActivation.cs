namespace Brachy.Models.Text;

/// <summary>The activations of text models by the names that their configurations use.</summary>
internal static class TextActivation
{
    /// <summary>All names.</summary>
    public static string[] Names { get; } = ["gelu", "gelu_new", "gelu_fast", "gelu_pytorch_tanh", "relu", "silu", "swish"];

    /// <summary>Applies one.</summary>
    public static Tensor Apply(string name, Tensor x) => name switch
    {
        "gelu" => F.gelu(x),
        "gelu_new" or "gelu_fast" or "gelu_pytorch_tanh" => F.gelu(x, "tanh"),
        "relu" => F.relu(x),
        "silu" or "swish" => F.silu(x),
        _ => throw new ArgumentException($"There is no activation '{name}'; there are {string.Join(", ", Names)}.", nameof(name)),
    };

    /// <summary>The name, if it is one.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static string Require(string name) => Names.Contains(name)
        ? name
        : throw new ArgumentException($"There is no activation '{name}'; there are {string.Join(", ", Names)}.", nameof(name));
}
