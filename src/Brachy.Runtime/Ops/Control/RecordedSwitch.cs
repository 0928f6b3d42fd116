using Brachy.Compilation;
using Brachy.Extending;

namespace Brachy;

/// <summary>Turns traced branches into a choice of the graph that is being recorded.</summary>
internal static class RecordedSwitch
{
    /// <summary>Records a choice.</summary>
    /// <param name="choice">Which branch runs.</param>
    /// <param name="branches">The branches, which have no inputs and give results of the same types.</param>
    /// <returns>The results.</returns>
    public static Tensor[] Record(Tensor choice, IReadOnlyList<TracedBody> branches)
    {
        if (branches.Any(branch => branch.Checks.Count > 0))
        {
            return RecordChecked(choice, branches);
        }

        var count = branches[0].Outputs.Length;
        if (Trace.Current!.OpenGradients > 0)
        {
            // What stands for a value of another branch is zeros.
            var places = new KeptPlaces(branches);
            branches = [.. branches.Select((branch, i) => branch.WithOutputs(() =>
                [.. places.Of(i).Select(place => place.Value ?? F.zeros(place.Type.Shape, place.Type.DType, place.Type.Device))]))];
        }

        Tensor[] captured = [.. branches.SelectMany(branch => branch.Captured()).Distinct<Tensor>(ReferenceEqualityComparer.Instance)];
        var bodies = branches.Select(branch => new Body(branch.ToGraph(captured, [])));
        return F.Switch.BindAll(new SwitchSettings([.. bodies]), [choice, .. captured])[..count];
    }

    /// <summary>The checks of all branches are results of each; those of others than the one that runs hold.</summary>
    private static Tensor[] RecordChecked(Tensor choice, IReadOnlyList<TracedBody> branches)
    {
        PendingCheck[] checks = [.. branches.SelectMany(branch => branch.Checks)];
        var count = branches[0].Outputs.Length;
        var results = Record(choice, [.. branches.Select(branch => branch.WithOutputs(() =>
            [.. checks.SelectMany(check => branch.Checks.Contains(check)
                ? check.Values
                : Array.ConvertAll(check.Values, _ => F.full([], -1, DType.Int64)))]))]);
        foreach (var check in checks)
        {
            Trace.Current!.Checks.Add(check.With(results[count..(count + check.Values.Length)]));
            count += check.Values.Length;
        }

        return results[..branches[0].Outputs.Length];
    }

    /// <summary>
    /// Places for what a gradient may need of the branch that ran. Values of one type, of different branches, share a place.
    /// </summary>
    private sealed class KeptPlaces
    {
        private readonly List<TensorType> _types = [];
        private readonly Dictionary<TensorType, List<int>> _placesOf = [];
        private readonly Dictionary<int, Tensor>[] _values;

        public KeptPlaces(IReadOnlyList<TracedBody> branches)
        {
            _values = [.. branches.Select(_ => new Dictionary<int, Tensor>())];
            for (var i = 0; i < branches.Count; i++)
            {
                var taken = new Dictionary<TensorType, int>();
                var given = new HashSet<Tensor>(branches[i].Outputs, ReferenceEqualityComparer.Instance);
                foreach (var value in branches[i].Ops.Where(RecordedLoop.IsWorthKeeping).SelectMany(op => op.Outputs).Where(given.Add))
                {
                    var number = taken.GetValueOrDefault(value.Type);
                    taken[value.Type] = number + 1;
                    _values[i].Add(PlaceOf(value.Type, number), value);
                }
            }
        }

        public IReadOnlyList<(TensorType Type, Tensor? Value)> Of(int branch) =>
            [.. _types.Select((type, place) => (type, _values[branch].GetValueOrDefault(place)))];

        /// <summary>The place for the value of this number among those of its type.</summary>
        private int PlaceOf(TensorType type, int number)
        {
            if (!_placesOf.TryGetValue(type, out var places))
            {
                _placesOf.Add(type, places = []);
            }

            if (number == places.Count)
            {
                places.Add(_types.Count);
                _types.Add(type);
            }

            return places[number];
        }
    }
}
