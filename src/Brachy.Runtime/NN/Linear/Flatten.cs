namespace Brachy.NN;

/// <summary>Merges the dims from one to another, both included, into one. By default all but the batch.</summary>
[Module]
public partial class Flatten
{
    /// <summary>The first dim that is merged.</summary>
    [Static]
    public partial long StartDim { get; set; }

    /// <summary>The last dim that is merged.</summary>
    [Static]
    public partial long EndDim { get; set; }

    /// <summary>A layer that merges dims.</summary>
    /// <param name="startDim">The first dim to merge; negative dims count from the end.</param>
    /// <param name="endDim">The last dim to merge; negative dims count from the end.</param>
    public Flatten(long startDim = 1, long endDim = -1)
    {
        StartDim = startDim;
        EndDim = endDim;
    }

    /// <summary>Applies the layer.</summary>
    /// <exception cref="ShapeException">A dim does not exist, or the last comes before the first.</exception>
    public Tensor Forward(Tensor x) => F.flatten(x, StartDim, EndDim);
}
