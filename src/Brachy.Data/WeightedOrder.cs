namespace Brachy.Data;

/// <summary>Elements drawn by weights, with repetitions.</summary>
internal sealed class WeightedOrder : BatchOrder
{
    private readonly double[] _sums;
    private readonly int _draws;

    public WeightedOrder(IReadOnlyList<double> weights, int draws)
    {
        if (weights.FirstOrDefault(weight => !(weight >= 0 && double.IsFinite(weight))) is not 0 and var wrong)
        {
            throw new ArgumentException($"A weight is {wrong}; weights are finite and not negative.", nameof(weights));
        }

        (_sums, _draws) = (new double[weights.Count], draws);
        var sum = 0.0;
        for (var i = 0; i < _sums.Length; i++)
        {
            _sums[i] = sum += weights[i];
        }

        if (!(sum > 0 && double.IsFinite(sum)))
        {
            throw new ArgumentException($"The sum of the weights is {sum}; it must be more than 0, and finite.", nameof(weights));
        }

        Description = $"weighted {Digest(weights, BitConverter.DoubleToInt64Bits)}, {draws} draws";
    }

    internal override string Description { get; }

    internal override int? Count => _sums.Length;

    internal override int? Draws => _draws;

    internal override int[] Draw(int count, long step, long key)
    {
        var (order, random) = (new int[_draws], new KeyStream(key));
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = At(random.Uniform() * _sums[^1]);
        }

        return order;
    }

    /// <summary>The first element whose sum is above a number; its weight is not 0.</summary>
    private int At(double number)
    {
        var (low, high) = (0, _sums.Length - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _sums[middle] > number ? (low, middle) : (middle + 1, high);
        }

        // A product that was rounded up to the whole sum leads to the end, where weights of 0 may stand.
        while (low > 0 && _sums[low - 1] >= _sums[^1])
        {
            low--;
        }

        return low;
    }
}
