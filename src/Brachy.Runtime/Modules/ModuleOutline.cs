using Brachy.Compilation;

namespace Brachy.Modules;

/// <summary>
/// A model that is known but not computed: its structure, static values and settings, and shape and element type of each tensor. Nothing
/// of its initial values is drawn or takes memory, so that weights from elsewhere can be put in without any being made first.
/// </summary>
/// <example>
/// <code>
/// var outline = ModuleOutline.Of(() => new Linear(4096, 4096));
/// var (model, config) = outline.Fill(new Dictionary&lt;string, Tensor&gt; { ["weight"] = weight });  // only the bias is drawn
/// </code>
/// </example>
public sealed class ModuleOutline
{
    private readonly IReadOnlyList<RecordedOp> _ops;

    private ModuleOutline(StructureTree tree, GlobalConfig config, IReadOnlyList<RecordedOp> ops)
    {
        (Tree, Config, _ops) = (tree, config, ops);
        Tensors = [.. tree.Tensors().Select(t => (t.Path, t.Tensor.Type))];
        Shared = [.. tree.Tensors().GroupBy(t => t.Tensor, t => t.Path, ReferenceEqualityComparer.Instance)
            .Select(group => (IReadOnlyList<string>)[.. group]).Where(paths => paths.Count > 1)];
    }

    /// <summary>The settings of the model.</summary>
    public GlobalConfig Config { get; }

    /// <summary>Params and buffers with their types, in the order of the tree; a shared one comes at each of its paths.</summary>
    public IReadOnlyList<(string Path, TensorType Type)> Tensors { get; }

    /// <summary>The paths of each tensor that stands at several, such as an output layer that is the table of embeddings too.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Shared { get; }

    /// <summary>The model; its tensors have no values.</summary>
    internal StructureTree Tree { get; }

    /// <summary>Runs a constructor without computing.</summary>
    /// <param name="make">Makes the module, as in <c>() => new Linear(3, 4)</c>. It may not read the values of tensors.</param>
    /// <param name="key">
    /// Where random values would come from, those of <see cref="Fill"/> too; by default the ambient <see cref="Rng.Scope(long)"/>, and
    /// where there is none a fixed seed.
    /// </param>
    /// <exception cref="InvalidOperationException">This is called inside of a function that is being traced or differentiated.</exception>
    /// <exception cref="ConcretizationException">The constructor reads values, or checks them.</exception>
    public static ModuleOutline Of(Func<StateOrganizer> make, RngKey? key = null)
    {
        ArgumentNullException.ThrowIfNull(make);
        if (Trace.Current is { } current)
        {
            throw new InvalidOperationException(
                $"ModuleOutline: {current.Description} is being traced, where a model cannot be outlined; make it before.");
        }

        key ??= RngScope.IsOpen ? Rng.NextKey() : Rng.Seed(0);
        using var trace = Trace.BeginGraph("a constructor whose module is outlined");
        using var keys = Rng.Scope(key);
        var module = make() ?? throw new ArgumentException("The function gave no module.", nameof(make));
        trace.RequireNothingLeft();
        return trace.Checks.Count == 0 ? new(module.Tree, module.Config, trace.Ops) : throw new ConcretizationException(
            $"ModuleOutline: the constructor checks values ('{trace.Checks[0].Message}'), and there are none. Make the module as usual.");
    }

    /// <summary>The model with given values. All others are computed as the constructor does.</summary>
    /// <param name="values">
    /// Tensors by path; of a shared one any of its paths. They go into the tree as they are, not as copies. An element type may be another
    /// than in <see cref="Tensors"/>, a shape may not.
    /// </param>
    /// <returns>The tree and its settings; each call gives a tree of its own.</returns>
    /// <exception cref="ArgumentException">The model has no such path, or a shape differs; the message lists all of it.</exception>
    public (StructureTree Tree, GlobalConfig Config) Fill(IReadOnlyDictionary<string, Tensor> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var found = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        var used = new HashSet<string>(StringComparer.Ordinal);
        var problems = new List<string>();
        foreach (var (path, place) in Tree.Tensors())
        {
            if (!values.TryGetValue(path, out var value))
            {
                continue;
            }

            used.Add(path);
            if (value.shape != place.shape)
            {
                problems.Add($"'{path}' is {value.Type}, but must be {place.Type}");
            }
            else if (!found.TryAdd(place, value) && !ReferenceEquals(found[place], value))
            {
                problems.Add($"'{path}' is the same tensor as at another path, but there are two values");
            }
        }

        problems.AddRange(values.Keys.Where(path => !used.Contains(path)).Select(path => $"there is no '{path}' in the model"));
        if (problems.Count > 0)
        {
            throw new ArgumentException($"ModuleOutline: {string.Join("; ", problems)}.", nameof(values));
        }

        Compute(found);
        return (Tree.MapParamsBuffers((_, place) => found.GetValueOrDefault(place, place)), Config);
    }

    /// <summary>Computes what has no value yet, and nothing that this does not need.</summary>
    private void Compute(Dictionary<Tensor, Tensor> found)
    {
        Tensor[] missing = [.. Tree.Tensors().Select(t => t.Tensor).Where(t => t.IsTraced && !found.ContainsKey(t))
            .Distinct<Tensor>(ReferenceEqualityComparer.Instance)];
        if (missing.Length == 0)
        {
            return;
        }

        var graph = Graph.FromOps(TracedBody.LiveOps(_ops, missing), [], missing);
        var computed = new GraphRun(graph).Run([]);
        for (var i = 0; i < missing.Length; i++)
        {
            found.Add(missing[i], computed[i]!);
        }
    }
}
