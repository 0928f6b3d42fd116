namespace Brachy.Compilation;

/// <summary>What is done for the gradient by weights, one after the other.</summary>
internal enum KernelGradientStep
{
    /// <summary>The planes of each image are written.</summary>
    Planes,

    /// <summary>The gradient of each image is written in strips.</summary>
    Strips,

    /// <summary>They are multiplied.</summary>
    Products,

    /// <summary>Rows of the sums become columns of the weights' gradient.</summary>
    Results,
}

/// <summary>A step of the gradient by weights.</summary>
internal readonly unsafe struct KernelGradientWork<T, TTile>(
    KernelGradient<T, TTile> gradient, KernelGradientStep step, Images<T> images, nint ofResult, nint planes, nint strips, nint sums,
    nint scratch, nint result) : ITeamWork
    where T : unmanaged
    where TTile : struct, ITile
{
    private const int OutputsOfPart = 16;

    /// <summary>Into how many parts a step is divided.</summary>
    public static int Parts(KernelGradient<T, TTile> gradient, KernelGradientStep step) => step switch
    {
        KernelGradientStep.Products => gradient.Parts,
        KernelGradientStep.Results => (gradient.Size.Outputs + OutputsOfPart - 1) / OutputsOfPart,
        _ => gradient.Size.Images,
    };

    public void Run(int part, int member)
    {
        switch (step)
        {
            case KernelGradientStep.Planes:
                gradient.WritePlanes(images, (T*)planes, part);
                break;
            case KernelGradientStep.Strips:
                gradient.WriteStrips((T*)ofResult, (T*)strips, part);
                break;
            case KernelGradientStep.Products:
                gradient.Multiply((T*)planes, (T*)strips, (T*)sums, (T*)scratch + (member * (nint)gradient.ScratchLength), part);
                break;
            default:
                var first = part * OutputsOfPart;
                TurnedCopy.Run(
                    (T*)sums + first, gradient.Columns, (T*)result + ((nint)first * gradient.Rows), gradient.Rows,
                    Math.Min(OutputsOfPart, gradient.Size.Outputs - first), gradient.Rows);
                break;
        }
    }
}
