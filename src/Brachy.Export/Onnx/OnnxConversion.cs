using Brachy.IO.Tracing;

namespace Brachy.IO.Onnx;

/// <summary>Makes a model of a function.</summary>
internal static class OnnxConversion
{
    /// <exception cref="NotSupportedException">Some ops cannot be written.</exception>
    public static OnnxModel Run(ExportedFunction function, IReadOnlyList<VaryingDims> varying, OnnxOptions options)
    {
        options.RequireValid();
        var program = TracedProgram.Trace(function, varying, options.FoldWeights, Decomposition.Run);
        var names = InterfaceNames.Of(program, options);
        var open = new OpenDims(program.Graphs);
        var models = new OnnxModel[program.Graphs.Count];
        for (var i = 0; i < models.Length; i++)
        {
            var refusals = new List<Refusal>();
            models[i] = ModelWriter.Write(program, program.Graphs[i], names, open, refusals);
            if (refusals.Count > 0)
            {
                throw new NotSupportedException(
                    $"{function.Name} cannot be written as ONNX:\n  {string.Join("\n  ", refusals.Distinct())}");
            }
        }

        return SizeFormulas.Join(program, models);
    }
}
