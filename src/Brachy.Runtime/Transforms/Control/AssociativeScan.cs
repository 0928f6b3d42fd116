namespace Brachy;

/// <summary>Running combinations.</summary>
public static partial class Control
{
    /// <summary>
    /// Combines the slices of tensors along their first dim from the first to each: x₀, x₀∘x₁, (x₀∘x₁)∘x₂, …, in about 2 log₂ n steps over
    /// many slices at once instead of n steps over one: <c>lax.associative_scan</c> of JAX.
    /// </summary>
    /// <typeparam name="T">A tensor, structure tree, <c>[Tree]</c> value, or tuples and lists of them.</typeparam>
    /// <param name="combine">
    /// Combines many pairs at once: from two values whose tensors are [count, ...] to one of the same shapes. It must be associative:
    /// (a∘b)∘c equals a∘(b∘c).
    /// </param>
    /// <param name="xs">Tensors of shape [length, ...].</param>
    /// <param name="reverse">
    /// Whether to combine from the last slice on: …, xₙ₋₂∘xₙ₋₁, xₙ₋₁. The later one is the first argument then.
    /// </param>
    /// <returns>Tensors of the same shapes.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="combine"/> is null.</exception>
    /// <exception cref="ShapeException">A tensor has no dims or another length, or there is none.</exception>
    /// <exception cref="ArgumentException">A combination has other types.</exception>
    /// <exception cref="NotSupportedException">Transforms do not know the type.</exception>
    public static T AssociativeScan<T>(Func<T, T, T> combine, T xs, bool reverse = false)
    {
        ArgumentNullException.ThrowIfNull(combine);
        var value = ControlValue<T>.Of(xs, "xs");
        LengthOf(value, "Control.AssociativeScan");
        var memory = new EagerMemory();
        Tensor[] results;
        using (var scope = EagerMemory.BeginStep())
        {
            results = Running(reverse ? Array.ConvertAll(value.Leaves, Reversed) : value.Leaves);
            results = reverse ? Array.ConvertAll(results, Reversed) : results;
            memory.EndStep(scope, results, []);
        }

        return value.With(memory.Results(results));

        Tensor[] Running(Tensor[] all)
        {
            var count = all[0].shape[0];
            if (count < 2)
            {
                return all;
            }

            // Pairs of neighbours give every second result; the others are these combined with one more slice.
            var odd = Running(Combined(Every(all, 0, count - 1), Every(all, 1, count)));
            var first = Array.ConvertAll(all, x => F.narrow(x, 0, 0, 1));
            if (count == 2)
            {
                return Joined(first, odd);
            }

            var before = count % 2 == 0 ? Array.ConvertAll(odd, x => F.narrow(x, 0, 0, x.shape[0] - 1)) : odd;
            return Interleaved(Joined(first, Combined(before, Every(all, 2, count))), odd);
        }

        Tensor[] Combined(Tensor[] left, Tensor[] right)
        {
            var expected = ControlValue<T>.Of(value.With(left), "xs");
            var found = ControlValue<T>.Of(combine(value.With(left), value.With(right)), "xs");
            return expected.FindDifference(found) is { } difference
                ? throw new ArgumentException(
                    $"Control.AssociativeScan: '{difference.Path}' is {difference.Expected} and comes back from combine as "
                    + $"{difference.Found}. {difference.Advice()}")
                : found.Leaves;
        }
    }

    private static Tensor Reversed(Tensor x) => F.flip(x, [0]);

    private static Tensor[] Every(Tensor[] all, long from, long to) => Array.ConvertAll(all, x => F.slice(x, 0, from, to, 2));

    private static Tensor[] Joined(Tensor[] first, Tensor[] rest) => [.. first.Zip(rest, (a, b) => F.cat([a, b]))];

    /// <summary>The slices of both in turn; the first has as many, or one more.</summary>
    private static Tensor[] Interleaved(Tensor[] even, Tensor[] odd) => [.. even.Zip(odd, (a, b) =>
    {
        var count = b.shape[0];
        var pairs = F.reshape(F.stack([F.narrow(a, 0, 0, count), b], 1), [2 * count, .. b.shape.Skip(1)]);
        return a.shape[0] == count ? pairs : F.cat([pairs, F.narrow(a, 0, count, 1)]);
    })];
}
