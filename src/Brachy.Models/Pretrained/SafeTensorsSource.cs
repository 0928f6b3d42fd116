using Brachy.IO;

namespace Brachy.Models;

/// <summary>A <c>.safetensors</c> file: elements are read when they are asked for.</summary>
internal sealed class SafeTensorsSource(string path) : IWeightSource
{
    private readonly SafeTensorsReader _reader = SafeTensorsReader.Open(path);

    public string Place => path;

    public IReadOnlyDictionary<string, TensorType> Types => _reader.Types;

    public IReadOnlyList<string> NotTensors => [];

    public Tensor Read(string name) => _reader.Read(name);

    public void Dispose() => _reader.Dispose();
}
