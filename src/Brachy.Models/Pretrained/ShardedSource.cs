using Brachy.IO;

namespace Brachy.Models;

/// <summary>A model that lies in several files, as its index says.</summary>
internal sealed class ShardedSource : IWeightSource
{
    private readonly Dictionary<string, IWeightSource> _places = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorType> _types = new(StringComparer.Ordinal);
    private readonly List<IWeightSource> _shards = [];

    /// <param name="index">The index, <c>….index.json</c>.</param>
    /// <param name="open">Opens one of the files.</param>
    public ShardedSource(string index, Func<string, IWeightSource> open)
    {
        Place = index;
        try
        {
            Open(ShardIndex.Read(index), open);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string Place { get; }

    public IReadOnlyDictionary<string, TensorType> Types => _types;

    public IReadOnlyList<string> NotTensors => [.. _shards.SelectMany(shard => shard.NotTensors)];

    public Tensor Read(string name) => _places[name].Read(name);

    public void Dispose() => _shards.ForEach(shard => shard.Dispose());

    private void Open(ShardIndex index, Func<string, IWeightSource> open)
    {
        foreach (var (file, names) in index.Files)
        {
            IWeightSource shard;
            try
            {
                shard = open(index.Find(file));
            }
            catch (FileNotFoundException error)
            {
                throw new CheckpointException(
                    Place, $"names the file '{file}', which is not there", "All files of a model belong into one folder.", error);
            }

            _shards.Add(shard);
            if (names.FirstOrDefault(name => !shard.Types.ContainsKey(name)) is { } lacking)
            {
                throw new CheckpointException(
                    Place, $"says that '{lacking}' is in '{file}', which does not have it",
                    "Index and files are of different models, or damaged; download them again.");
            }

            // What the index does not name is in the model all the same; what it places elsewhere is not read here.
            foreach (var (name, type) in shard.Types.Where(t => names.Contains(t.Key) || !index.Has(t.Key)))
            {
                if (!_places.TryAdd(name, shard))
                {
                    throw new CheckpointException(
                        Place,
                        $"does not say which of two tensors '{name}' is the one: '{file}' has it, and so has '{_places[name].Place}'");
                }

                _types.Add(name, type);
            }
        }
    }
}
