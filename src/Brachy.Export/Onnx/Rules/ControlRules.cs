using Brachy.Compilation;
using Brachy.Extending;

namespace Brachy.IO.Onnx;

// Loops and choices. Bodies see the values around them by name, so that what they captured is not passed.
internal static partial class OnnxRules
{
    private static IEnumerable<(Primitive, OnnxRule)> Control => [(F.Scan, Loop), (F.While, Loop), (F.Switch, Switch)];

    private static void Loop(RuleArgs x)
    {
        var settings = x.Settings<LoopSettings>();
        var most = settings.HasCount ? x.In(0, DType.Int64)
            : settings.Length is { } length ? x.Number(length, DType.Int64) : null;
        most = most is not null && settings.HasCount && x.Type(0).Rank > 0 ? x.Reshape(most, []) : most;
        var carries = Enumerable.Range(settings.FirstCarry, settings.Carries).Select(x.In).ToArray();
        var captured = Enumerable.Range(settings.FirstCaptured, x.Count - settings.FirstCaptured).Select(x.In).ToArray();
        var goesOn = settings.Condition is { } condition
            ? WriteBody(x, x.Writer, condition.Graph, [.. carries, .. captured])[0] : x.Number(true, DType.Bool);
        Value[] first = settings.GivesCount ? [.. carries, x.Number(0, DType.Int64)] : carries;
        var body = LoopBody(x, settings, most, first, captured);
        DType[] types =
        [
            .. first.Select(carry => carry.DType),
            .. Enumerable.Range(settings.Carries, settings.Stacks).Select(i => x.ResultType(i).DType),
        ];
        var results = x.Ops("Loop", types, [most, goesOn, .. first], ("body", body));
        var stacks = results.Skip(first.Length).Select((stack, i) => Whole(x, settings, stack, i)).ToArray();
        x.Return([.. results.Take(settings.Carries), .. stacks, .. results[settings.Carries..first.Length]]);
    }

    /// <summary>Rows in their order, and zeros for those that were never reached.</summary>
    private static Value Whole(RuleArgs x, LoopSettings settings, Value stack, int i)
    {
        stack = settings.Reverse ? x.Flip(stack, 0) : stack;
        if (!settings.MayBeEmpty)
        {
            return stack;
        }

        var shape = x.ResultType(settings.Carries + i).Shape;
        return x.Slice(x.Concat(0, stack, x.Full(0, stack.DType, shape)), 0, 0, shape[0]);
    }

    private static OnnxGraph LoopBody(RuleArgs x, LoopSettings settings, Value? most, Value[] first, Value[] captured)
    {
        var graph = new OnnxGraph(x.NewName("body"));
        var writer = new GraphWriter(x.Writer.Model, graph, x.Writer);
        var inner = new RuleArgs(writer, x.Equation);
        var step = new Value(x.NewName("step"), DType.Int64);
        var goesOn = new Value(x.NewName("goes_on"), DType.Bool);
        graph.Inputs.Add(new(step.Name, DType.Int64, []));
        graph.Inputs.Add(new(goesOn.Name, DType.Bool, []));
        var carries = first.Select(carry => new Value(x.NewName("carry"), carry.DType)).ToArray();
        graph.Inputs.AddRange(carries.Select(carry => new OnnxValueInfo(carry.Name, carry.DType, null)));

        var own = carries[..settings.Carries];
        var row = settings.Reverse ? inner.Sub(inner.Sub(most!, inner.Number(1, DType.Int64)), step) : step;
        var slices = Enumerable.Range(settings.FirstSlice, settings.Slices)
            .Select(i => inner.Op("Gather", x.Type(i).DType, [x.In(i), row], ("axis", 0L))).ToArray();
        var results = WriteBody(inner, writer, settings.Step.Graph, [.. own, .. slices, .. captured]);
        var next = results[..settings.Carries];
        var isNext = settings.Condition is { } condition
            ? WriteBody(inner, writer, condition.Graph, [.. next, .. captured])[0] : goesOn;
        Value[] outputs =
        [
            isNext, .. next, .. settings.GivesCount ? [inner.Add(carries[^1], inner.Number(1, DType.Int64))] : Array.Empty<Value>(),
            .. results[settings.Carries..],
        ];
        EndBody(inner, graph, outputs);
        return graph;
    }

    /// <summary>Writes the equations of a body where they stand.</summary>
    private static Value[] WriteBody(RuleArgs x, GraphWriter writer, Graph body, Value[] inputs)
    {
        for (var i = 0; i < inputs.Length; i++)
        {
            writer.Define(body.Inputs[i], inputs[i]);
        }

        writer.WriteAll(body);
        return [.. body.Outputs.Select(output => output is Literal literal
            ? x.Number(literal.Value, literal.Type.DType) : writer.Of(output))];
    }

    /// <summary>The results of a body, which its own nodes give.</summary>
    private static void EndBody(RuleArgs x, OnnxGraph graph, Value[] outputs)
    {
        foreach (var output in outputs)
        {
            var result = x.Op("Identity", output.DType, [output]);
            graph.Outputs.Add(new(result.Name, result.DType, null));
        }
    }

    private static void Switch(RuleArgs x)
    {
        var settings = x.Settings<SwitchSettings>();
        var inputs = Enumerable.Range(1, x.Count - 1).Select(x.In).ToArray();
        var isChoice = x.Type(0).DType == DType.Bool;
        var choice = x.In(0);
        choice = x.Type(0).Rank > 0 ? x.Reshape(choice, []) : choice;
        x.Return(Choose(x, x.Writer, 0));

        // The first and last branch stand for all numbers below and above.
        Value[] Choose(RuleArgs at, GraphWriter writer, int branch)
        {
            if (branch == settings.Branches.Count - 1)
            {
                return WriteBody(at, writer, settings.Branches[branch].Graph, inputs);
            }

            var isTaken = isChoice ? at.Not(choice) : at.Compare("LessOrEqual", choice, at.Number((long)branch, DType.Int64));
            var types = Enumerable.Range(0, x.Equation.Outputs.Count).Select(i => x.ResultType(i).DType).ToArray();
            return at.Ops(
                "If", types, [isTaken],
                ("then_branch", Branch("then", (inner, own) => WriteBody(inner, own, settings.Branches[branch].Graph, inputs), writer)),
                ("else_branch", Branch("else", (inner, own) => Choose(inner, own, branch + 1), writer)));
        }

        OnnxGraph Branch(string name, Func<RuleArgs, GraphWriter, Value[]> write, GraphWriter outer)
        {
            var graph = new OnnxGraph(x.NewName(name));
            var writer = new GraphWriter(x.Writer.Model, graph, outer);
            var inner = new RuleArgs(writer, x.Equation);
            EndBody(inner, graph, write(inner, writer));
            return graph;
        }
    }
}
