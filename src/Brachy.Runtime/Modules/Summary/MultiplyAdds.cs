namespace Brachy;

/// <summary>Counts products that are added to sums; <see cref="ModuleSummary"/> defines what counts.</summary>
internal static class MultiplyAdds
{
    public static long Of(RecordedOp op)
    {
        if (op.Primitive == F.Linear || op.Primitive == F.MatMul)
        {
            return op.Outputs[0].numel() * op.Inputs[0].shape[^1];
        }

        if (op.Primitive == F.Convolution)
        {
            // Each element on one side meets a kernel of all channels of its group on the other.
            var weight = op.Inputs[1];
            var kernel = weight.shape[0] == 0 ? 0 : weight.numel() / weight.shape[0];
            return kernel * (((Attributes)op.Settings)["transposed"] is true ? op.Inputs[0] : op.Outputs[0]).numel();
        }

        if (op.Primitive == F.FlashAttention)
        {
            // Query times keys, weights times values; both are of one size here.
            return 2 * op.Inputs[0].numel() * op.Inputs[1].shape[2];
        }

        return 0;
    }
}
