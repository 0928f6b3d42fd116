using Brachy.Compilation;
using Brachy.IO.Tracing;

namespace Brachy.IO.TorchScript;

/// <summary>A traced function as an object of TorchScript, ready to be written.</summary>
internal sealed class TorchScriptProgram
{
    private readonly ScriptModule _root;
    private readonly ScriptClasses _classes;
    private readonly Tensor[] _constants;

    /// <param name="program">The function.</param>
    /// <param name="tree">The tree whose tensors are its weights, or null when there is none.</param>
    /// <param name="names">Names of the arguments; null for those of the inputs.</param>
    /// <exception cref="ArgumentException">The names are not those of arguments.</exception>
    /// <exception cref="VaryingSizeException">The program depends on sizes in another way than by formulas.</exception>
    public TorchScriptProgram(TracedProgram program, StructureTree? tree, IReadOnlyList<string>? names = null)
    {
        var weights = program.Weights.Count;
        Graph[] graphs = [.. program.Graphs.Select(traced => ScriptProgram.Prepare(WithWeightsAsInputs(traced.Graph, weights)))];
        var code = Write(program, graphs);
        _root = ScriptModule.Of(tree, "Function");
        _constants = [.. graphs[0].Constants.Select(constant => constant.Value)];
        var arguments = ScriptArgument.Of(program.Inputs, [.. graphs[0].Inputs.Skip(weights)], names);
        string[] inputs =
            [.. program.Weights.Select(weight => ScriptModule.Access(weight.Name)), .. arguments.Select(argument => argument.Name)];
        _classes = new(_root, type => ScriptForward.Write(type, arguments, inputs, code, program.Unserved));
    }

    /// <summary>Writes the archive.</summary>
    public void Write(Stream stream)
    {
        using var uses = new BufferUses();
        new ScriptArchiveWriter(_root, _classes, _constants, uses).Write(stream);
    }

    private static ScriptProgram Write(TracedProgram program, Graph[] graphs)
    {
        var names = program.Points.Names;
        try
        {
            return ScriptProgram.Write(graphs, names, names.Count > 0 ? program.Solver : null);
        }
        catch (SizesDifferException different)
        {
            throw SizeProbes.Refusal(
                program.Name, different.Difference, [.. Enumerable.Range(0, graphs.Length).Select(program.Points.Describe)]);
        }
    }

    /// <summary>Weights are values of a run, whatever rewrites do to constants; they are the first of these.</summary>
    private static Graph WithWeightsAsInputs(Graph graph, int weights) => graph with
    {
        Inputs = [.. graph.Constants.Take(weights).Select(weight => weight.Var), .. graph.Inputs],
        Constants = [.. graph.Constants.Skip(weights)],
    };
}
