using System.Globalization;

namespace Brachy.Fuzz;

/// <summary>One of the threads: does things with shared tensors, in random order, and counts what comes of them.</summary>
internal sealed class StressThread(SharedTensors tensors, int seed)
{
    private readonly Dictionary<string, long> _counts = [];

    public Random Random { get; } = new(seed);

    public SharedTensors Tensors { get; } = tensors;

    /// <summary>How often what happened: each action's successes by its name, and exceptions by their types.</summary>
    public IReadOnlyDictionary<string, long> Counts => _counts;

    /// <summary>What should not have happened.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>How many actions it has done.</summary>
    public long Done { get; private set; }

    public void Run(Func<long, bool> goOn)
    {
        while (goOn(Done) && Problems.Count < 10)
        {
            var (name, action) = StressActions.All[Random.Next(StressActions.All.Count)];
            try
            {
                action(this);
                Count(name);
            }
            catch (Exception error) when (error is DonatedTensorException or ObjectDisposedException)
            {
                Count(error.GetType().Name);
            }
            catch (Exception error)
            {
                Problems.Add($"{name}: {error.GetType().Name}: {error.Message.Split('\n')[0]} "
                    + $"{error.StackTrace?.Split('\n').FirstOrDefault()?.Trim()}");
            }

            Done++;
        }
    }

    public void Count(string what) => _counts[what] = _counts.GetValueOrDefault(what) + 1;

    /// <summary>Some shared tensor, and its place.</summary>
    public (int Place, Shared Shared) Pick() => Pick(Random.Next(SharedTensors.Groups));

    /// <summary>Some shared tensor of a group.</summary>
    public (int Place, Shared Shared) Pick(int group)
    {
        var place = SharedTensors.Pick(Random, group);
        var shared = Tensors[place];
        if (shared.Value > 1000 || Random.Next(16) == 0)
        {
            shared = Tensors[place] = SharedTensors.New(place, Random.Next(100));
        }

        return (place, shared);
    }

    /// <summary>Holds a tensor to the one value of all its elements.</summary>
    public static void Expect(float value, Tensor tensor) => Expect(value, tensor.ToArray<float>());

    /// <inheritdoc cref="Expect(float, Tensor)"/>
    public static void Expect(float value, ReadOnlySpan<float> elements)
    {
        var wrong = elements.IndexOfAnyExcept(value);
        if (wrong >= 0)
        {
            throw new InvalidDataException(
                string.Create(CultureInfo.InvariantCulture, $"element {wrong} of {elements.Length} is {elements[wrong]}, not {value}"));
        }
    }
}
