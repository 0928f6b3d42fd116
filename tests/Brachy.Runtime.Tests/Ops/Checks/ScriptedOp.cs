using Brachy.Compilation;
using Brachy.Extending;
using Brachy.Native;
using TorchSharp;

namespace Brachy.Tests.Ops;

/// <summary>Runs the TorchScript of one primitive.</summary>
internal static class ScriptedOp
{
    public static string Text(OpSample sample, Tensor[] inputs, TensorType[] outputs)
    {
        if (sample.Settings is BodySettings or LstmLayerSettings or LstmLayerBackwardSettings)
        {
            return TextOfLoop(sample, inputs, outputs);
        }

        var names = inputs.Select((_, i) => $"x{i}").ToArray();
        var statements = new List<string>();
        var locals = 0;
        var place = new ScriptPlace(
            [.. inputs.Select(t => t.Type)], outputs, names, [.. inputs.Select(t => t.Number)], new bool[names.Length], statements.Add,
            () => $"t{locals++}");
        var expression = sample.Primitive.WriteScript(sample.Settings ?? Settings.None, place);
        var results = outputs.Length == 1 ? "r" : string.Join(", ", outputs.Select((_, i) => $"r[{i}]"));
        var parameters = names.Where((_, i) => inputs[i].Number is null);
        return $"def main({string.Join(", ", parameters)}):\n    "
            + $"{string.Join("\n    ", [.. statements, $"r = {expression}", $"return [{results}]"])}\n";
    }

    /// <summary>Only the writer of whole graphs can write their bodies.</summary>
    private static string TextOfLoop(OpSample sample, Tensor[] inputs, TensorType[] outputs)
    {
        var variables = Array.ConvertAll(inputs, input => new Var(input.Type));
        var results = Array.ConvertAll(outputs, output => new Var(output));
        var graph = new Graph(variables, [], [new Equation(sample.Primitive, sample.Settings!, variables, results)], results);
        var plan = MemoryPlan.Make(graph, new bool[inputs.Length]);
        var text = ScriptWriter.Write(graph, plan, [.. inputs.Select(_ => true)]);
        var start = text.LastIndexOf("return (", StringComparison.Ordinal);
        return $"{text[..start]}return [{text[(start + "return (".Length)..].TrimEnd(' ', ')', ',', '\n')}]\n";
    }

    public static Tensor[] Run(OpSample sample, Tensor[] inputs, TensorType[] outputs)
    {
        object[] arguments = [.. inputs.Where(t => t.Number is null).Select(t => (object)t.AsTorch())];
        var text = Text(sample, inputs, outputs);
        torch.Tensor[] results;
        if (sample.Primitive.NeedsArchive)
        {
            using var module = torch.jit.load(ScriptArchive.Write(text));
            results = (torch.Tensor[])module.invoke("main", arguments);
        }
        else
        {
            using var unit = torch.jit.compile(text);
            results = (torch.Tensor[])unit.invoke("main", arguments);
        }

        // TorchSharp does not keep the arguments until the native call is over.
        GC.KeepAlive(inputs);
        return [.. results.Select(r => (Tensor)r)];
    }
}
