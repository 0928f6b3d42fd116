using System.Reflection;
using System.Runtime.CompilerServices;
using Brachy.Arities;
using Brachy.CompilerServices;
using Brachy.Transforms;
using Brachy.Trees;

namespace Brachy.Tests.Transforms;

/// <summary>
/// Every transform and every kind of node with every number of arguments: f(x1, x2, …) = 1 x1² + 2 x2² + …, with other values at each
/// place, so that a
/// swapped, forgotten or repeated argument shows in the value or in a gradient, 2 i xi.
/// </summary>
[Trait("Category", "Quick")]
public class ArityTests
{
    private static readonly Type s_tensor = typeof(Tensor);
    private static readonly Type s_tree = typeof(StructureTree);

    public static TheoryData<int> FromOne => [.. Enumerable.Range(1, Ladders.Ceiling)];

    public static TheoryData<int> FromTwo => [.. Enumerable.Range(2, Ladders.Ceiling - 1)];

    [Theory]
    [InlineData(typeof(Jit), "Compile", 1)]
    [InlineData(typeof(JitInvocation), "Invoke", 1)]
    [InlineData(typeof(LiftedTransform), "Of", 1)]
    [InlineData(typeof(LiftedGradient), "Of", 0)]
    [InlineData(typeof(LiftedValueAndGradient), "Of", 1)]
    [InlineData(typeof(Grad), "ValueAndGrad", 1)]
    [InlineData(typeof(Grad), "TreeValueAndGrad", 1)]
    [InlineData(typeof(Grad), "StateValueAndGrad", 1)]
    [InlineData(typeof(ApplyFn), "Organized", 1)]
    [InlineData(typeof(StateOrganizer), "SetApply", 1)]
    [InlineData(typeof(StructureTree), "FromFunc", 1)]
    public void AllGoToOneCeiling(Type type, string name, int results)
    {
        var overloads = type.GetMethods().Where(m => m.Name == name && m.IsGenericMethod);
        var arities = overloads.Select(m => m.GetGenericArguments().Length - results).Where(n => n > 0);
        Assert.Equal(Enumerable.Range(1, Ladders.Ceiling), arities.Distinct().Order());
        Assert.Equal(8, Ladders.Ceiling);
    }

    [Theory]
    [MemberData(nameof(FromOne))]
    public void FunctionsAreCompiled(int n)
    {
        var types = Repeat(s_tensor, n);
        var function = (JitFunction)AnyArity.Call(typeof(Jit), "Compile", [.. types, s_tensor], Weighted(types), new[] { n - 1 });
        var xs = Values(n);
        Assert.Equal(Sum(n), Number(Invoke(xs)));
        Assert.Throws<DonatedTensorException>(() => Number(xs[^1]));
        Assert.All(xs[..^1].Index(), x => Assert.Equal(Value(x.Index), Number(x.Item)));
        Assert.Equal(Sum(n), Number(Invoke(Values(n))));
        Assert.Equal(1, function.TraceCount);
        Assert.Throws<DonatedTensorException>(() => Invoke(xs));
        if (n > 1)
        {
            Tensor[] twice = [.. Values(n - 1), F.tensor(1.0)];
            twice[0] = twice[^1];
            var error = Assert.Throws<ArgumentException>(() => Invoke(twice));
            Assert.Contains($"'argument {n}' and 'argument 1'", error.Message, StringComparison.Ordinal);
        }

        Assert.Throws<ArgumentOutOfRangeException>(
            () => AnyArity.Call(typeof(Jit), "Compile", [.. types, s_tensor], Weighted(types), new[] { n }));

        object Invoke(object[] values) => AnyArity.Call(typeof(JitInvocation), "Invoke", [.. types, s_tensor], [function, .. values]);
    }

    [Theory]
    [MemberData(nameof(FromOne))]
    public void FunctionsAreLifted(int n)
    {
        // The last of several is static.
        Type[] types = n == 1 ? [s_tensor] : [.. Repeat(s_tensor, n - 1), typeof(Opaque)];
        int[] statics = n == 1 ? [] : [n - 1];
        object[] xs = n == 1 ? Values(1) : [.. Values(n - 1), new Opaque(Value(n - 1))];
        var twice = Static.Lift(f => values => [.. f(values).Select(y => y * 2)]);
        var lifted = AnyArity.Call(twice, "Of", [.. types, s_tensor], Weighted(types), statics);
        Assert.Equal(2 * Sum(n), Number(AnyArity.Run(lifted, xs)));

        var gradient = AnyArity.Call(Static.LiftGradient(Grad.Transform), "Of", types, Weighted(types), statics);
        Assert.Equal(Derivative(0), Number(AnyArity.Run(gradient, xs)));

        var both = AnyArity.Call(
            Static.LiftValueAndGradient(Grad.ValueTransform), "Of", [.. types, s_tensor], Weighted(types), (Tensor loss) => loss, statics);
        var (value, by) = ((Tensor, Tensor))AnyArity.Run(both, xs);
        Assert.Equal((Sum(n), Derivative(0)), (Number(value), Number(by)));

        Assert.Throws<ArgumentOutOfRangeException>(
            () => AnyArity.Call(Static.LiftGradient(Grad.Transform), "Of", types, Weighted(types), new[] { n }));
    }

    [Theory]
    [MemberData(nameof(FromTwo))]
    public void FunctionsAreDifferentiatedByEachOfTheirArguments(int n)
    {
        var types = Repeat(s_tensor, n);
        var result = typeof((Tensor, Tensor));
        var function = AnyArity.Function(types, result, xs => (F.tensor(0.0), Weight(xs)));
        for (var i = 0; i < n; i++)
        {
            int[] chosen = i == n - 1 ? [i] : [n - 1, i];
            Check(AnyArity.Call(typeof(Grad), "ValueAndGrad", [.. types, result], function, chosen, 1), chosen);
            var loss = ((Tensor, Tensor Loss) r) => r.Loss;
            Check(AnyArity.Call(typeof(Grad), "ValueAndGrad", [.. types, result], function, loss, chosen), chosen);
        }

        var outside = Assert.Throws<ArgumentOutOfRangeException>(
            () => AnyArity.Call(typeof(Grad), "ValueAndGrad", [.. types, result], function, new[] { n }, 1));
        Assert.Contains($"The function has {n} arguments", outside.Message, StringComparison.Ordinal);
        object[] integer = [.. Values(n)[..^1], F.tensor(1L)];
        var byInteger = AnyArity.Call(typeof(Grad), "ValueAndGrad", [.. types, result], function, new[] { n - 1 }, 1);
        Assert.StartsWith(
            $"Argument {n - 1} holds no floating-point tensor",
            Assert.Throws<DifferentiationException>(() => AnyArity.Run(byInteger, integer)).Message, StringComparison.Ordinal);

        void Check(object gradient, int[] chosen)
        {
            var both = (ITuple)AnyArity.Run(gradient, Values(n));
            var grads = (ITuple)both[1]!;
            Assert.Equal(Sum(n), Number(((ITuple)both[0]!)[1]!));
            Assert.Equal(n, grads.Length);
            for (var i = 0; i < n; i++)
            {
                double? expected = chosen.Contains(i) ? Derivative(i) : null;
                Assert.Equal(expected, grads[i] is Tensor grad ? Number(grad) : null);
            }
        }
    }

    [Theory]
    [MemberData(nameof(FromTwo))]
    public void FunctionsAreDifferentiatedByTreesAtEachPlace(int n)
    {
        for (var i = 0; i < n; i++)
        {
            Type[] types = [.. Repeat(s_tensor, i), s_tree, .. Repeat(s_tensor, n - 1 - i)];
            object[] xs = [.. Values(n)];
            xs[i] = Tree(i);
            var one = AnyArity.Call(typeof(Grad), "TreeValueAndGrad", [.. types, s_tensor], Weighted(types), 0, i);
            var (value, grads) = ((Tensor, StructureTree))AnyArity.Run(one, xs);
            Assert.Equal((Sum(n), Derivative(i)), (Number(value), Number(grads["w"].Tensor)));

            var wrong = i == 0 ? 1 : 0;
            Assert.Throws<ArgumentException>(
                () => AnyArity.Call(typeof(Grad), "TreeValueAndGrad", [.. types, s_tensor], Weighted(types), 0, wrong));
        }

        var trees = Repeat(s_tree, n);
        int[] backwards = [.. Enumerable.Range(0, n).Reverse()];
        var all = AnyArity.Call(typeof(Grad), "TreeValueAndGrad", [.. trees, s_tensor], Weighted(trees), backwards);
        var (sum, byAll) = ((Tensor, StructureTree[]))AnyArity.Run(all, [.. Enumerable.Range(0, n).Select(Tree)]);
        Assert.Equal(Sum(n), Number(sum));
        Assert.Equal(backwards.Select(Derivative), byAll.Select(grads => Number(grads["w"].Tensor)));
    }

    [Theory]
    [MemberData(nameof(FromOne))]
    public void FunctionsAreDifferentiatedByAStateOrModelBesideOthers(int n)
    {
        // The state stands before the n arguments, and so do a model and its config.
        var types = Repeat(s_tensor, n);
        var result = typeof((StructureTree, Tensor, Tensor));
        object[] more = [.. Values(n + 1)[1..]];
        var ofState = AnyArity.Function([s_tree, .. types], result, xs => ((StructureTree)xs[0], F.tensor(0.0), Weight(xs)));
        var gradient = AnyArity.Call(typeof(Grad), "StateValueAndGrad", [.. types, result], ofState, 1);
        var ((_, _, loss), grads) = (((StructureTree, Tensor, Tensor), StructureTree))AnyArity.Run(gradient, [Tree(0), .. more]);
        Assert.Equal((Sum(n + 1), Derivative(0)), (Number(loss), Number(grads["w"].Tensor)));

        var config = new GlobalConfig().With("scale", 3);
        var ofModel = AnyArity.Function(
            [s_tree, typeof(GlobalConfig), .. types], s_tensor, xs => Weight([xs[0], .. xs[2..]]) * ((GlobalConfig)xs[1]).Get("scale", 0));
        gradient = AnyArity.Call(typeof(Grad), "TreeValueAndGrad", [.. types, s_tensor], ofModel, (Tensor t) => t);
        var (value, byModel) = ((Tensor, StructureTree))AnyArity.Run(gradient, [Tree(0), config, .. more]);
        Assert.Equal((3 * Sum(n + 1), 3 * Derivative(0)), (Number(value), Number(byModel["w"].Tensor)));
    }

    [Theory]
    [MemberData(nameof(FromOne))]
    public void NodesComputeFunctionsOfTheirInputs(int n)
    {
        var types = Repeat(s_tensor, n);
        var input = n == 1 ? Values(1)[0] : AnyArity.Tuple(Values(n));
        var ofNode = AnyArity.Function(
            [typeof(StateOrganizer), .. types], s_tensor, xs => Weight(xs[1..]) * ((StateOrganizer)xs[0]).Tree["w"].Tensor);
        var given = Tree(9);
        given.ApplyFn = (ApplyFn)AnyArity.Call(typeof(ApplyFn), "Organized", [.. types, s_tensor], "weighted", ofNode);
        Assert.Equal(10 * Sum(n), Output(given));
        Assert.Equal(input.GetType(), given.ApplyFn!.InputType);
        Assert.Equal(given.ApplyFn, AnyArity.Call(typeof(ApplyFn), "Organized", [.. types, s_tensor], "weighted", ofNode));

        var set = Tree(9);
        var organizer = new StateOrganizer(set, new GlobalConfig());
        typeof(StateOrganizer).GetMethods().Single(m => m.Name == "SetApply" && m.GetGenericArguments().Length == n + 1)
            .MakeGenericMethod([.. types, s_tensor]).Invoke(organizer, BindingFlags.DoNotWrapExceptions, null, ["weighted", ofNode], null);
        Assert.Equal(given.ApplyFn, set.ApplyFn);
        Assert.Equal(10 * Sum(n), Output(set));

        var ofFunction = AnyArity.Call(typeof(StructureTree), "FromFunc", [.. types, s_tensor], Weighted(types), "weighted");
        Assert.Equal(Sum(n), Output((StructureTree)ofFunction));

        double Output(StructureTree tree)
        {
            var result = AnyArity.Call(tree, "Apply", [input.GetType(), s_tensor], new GlobalConfig(), input);
            return Number(((ITuple)result)[1]!);
        }
    }

    [Fact]
    public void EightArgumentsOfSeveralKindsAreWrittenWithoutTypeArguments()
    {
        var (model, x) = (Tree(1), Values(8));
        var step = Jit.Compile((StructureTree m, Tensor a, int b, Tensor c, Tensor d, string e, Tensor f, Tensor g) =>
        {
            var gradient = Grad.StateValueAndGrad((StructureTree s, Tensor p, int q, Tensor r, Tensor t, string u, Tensor v, Tensor w) =>
                s["w"].Tensor.square() * (p + q + r + t + u.Length + v + w));
            var byTwo = Grad.ValueAndGrad(
                (StructureTree s, Tensor p, int q, Tensor r, Tensor t, string u, Tensor v, Tensor w) => s["w"].Tensor.square() * w.square(),
                argnums: [0, 7]);
            var (value, grads) = gradient(m, a, b, c, d, e, f, g);
            var (_, (byModel, _, _, _, _, _, _, byLast)) = byTwo(m, a, b, c, d, e, f, g);
            return (value, grads, byModel, byLast, a, c, d, f);
        });
        var (value, grads, byModel, byLast, _, _, _, last) = step.Invoke(model, x[1], 3, x[3], x[4], "six", x[6], x[7]);
        Assert.Equal(4 * (2 + 3 + 4 + 5 + 3 + 7 + 8), Number(value));
        Assert.Equal(4 * (2 + 3 + 4 + 5 + 3 + 7 + 8), Number(grads["w"].Tensor));
        Assert.Equal((4 * 64, 4 * 16), (Number(byModel["w"].Tensor), Number(byLast)));
        Assert.Equal(7, Number(last));

        var node = StructureTree.FromFunc((Tensor a, Tensor b, Tensor c, Tensor d, Tensor e, Tensor f, Tensor g, int scale) =>
            (a + b * 2 + c * 3 + d * 4 + e * 5 + f * 6 + g * 7) * scale);
        var (_, output) = node.Apply<(Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, int), Tensor>(
            GlobalConfig.Empty, (x[0], x[1], x[2], x[3], x[4], x[5], x[6], 10));
        Assert.Equal(1400, Number(output));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void TuplesOfTensorsAndTreesAreKnownWhereTheGeneratorCannotSeeThem(int n)
    {
        for (var choice = 0; choice < 1 << n; choice++)
        {
            var type = AnyArity.TupleType([.. Enumerable.Range(0, n).Select(i => (choice >> i & 1) == 0 ? s_tensor : s_tree)]);
            Assert.NotNull(AnyArity.Call(typeof(TreeHandler), "For", [type]));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(10)]
    [InlineData(15)]
    public void TuplesOfAnyLengthAreTakenApartAndItemsOfThemMadeStatic(int n)
    {
        var tuple = AnyArity.Tuple([.. Enumerable.Range(0, n).Select(i => new Item(Value(i)))]);
        typeof(ArityTests).GetMethod(nameof(CheckTuple), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(tuple.GetType())
            .Invoke(null, BindingFlags.DoNotWrapExceptions, null, [HandlerOf(n), tuple], null);

        static object HandlerOf(int n) => n <= 7
            ? AnyArity.Call(typeof(TreeHandler), "Tuple", Repeat(typeof(Item), n), [.. Enumerable.Repeat(new ItemHandler(), n)])
            : AnyArity.Call(
                typeof(TreeHandler), "Tuple", [.. Repeat(typeof(Item), 7), AnyArity.TupleType(Repeat(typeof(Item), n - 7))],
                [.. Enumerable.Repeat(new ItemHandler(), 7), HandlerOf(n - 7)]);
    }

    private static void CheckTuple<T>(TreeHandler<T> handler, T tuple)
    {
        var length = ((ITuple)tuple!).Length;
        Assert.Equal(length, ((ITupleHandler<T>)handler).Length);
        for (var i = -1; i < length; i++)
        {
            var isStatic = new bool[length];
            if (i >= 0)
            {
                isStatic[i] = true;
            }

            // Static items are no tensors; all others are, in order.
            var with = ((ITupleHandler<T>)handler).WithStatics(isStatic);
            var flattener = new TreeFlattener();
            flattener.BeginRecording(withPaths: true);
            flattener.Argument("tuple");
            with.Flatten(tuple, flattener);
            var leaves = flattener.Leaves.ToArray();
            var definition = flattener.EndRecording();
            Assert.Equal(Enumerable.Range(0, length).Where(k => k != i).Select(Value), leaves.Select(Number));
            Assert.Equal(
                Enumerable.Range(0, length).Where(k => k != i)
                    .Select(k => "tuple" + string.Concat(Enumerable.Repeat(".Rest", k / 7)) + $".Item{(k % 7) + 1}"),
                definition.LeafPaths!);
            Assert.Equal(tuple, with.Unflatten(new TreeUnflattener(definition, leaves, forCaller: false)));
        }
    }

    [Static]
    public sealed record Item(double Number);

    private sealed class ItemHandler : TreeHandler<Item>
    {
        public override void Flatten(Item value, TreeFlattener flattener) => flattener.Leaf(F.tensor(value.Number));

        public override Item Unflatten(TreeUnflattener unflattener) => new((double)unflattener.Leaf()!);
    }

    /// <summary>Has no handler.</summary>
    [Static]
    public sealed record Opaque(double Number);

    private static Type[] Repeat(Type type, int n) => [.. Enumerable.Repeat(type, n)];

    private static double Value(int i) => i + 1;

    private static double Sum(int n) => Enumerable.Range(0, n).Sum(i => (i + 1) * Value(i) * Value(i));

    private static double Derivative(int i) => 2 * (i + 1) * Value(i);

    private static Tensor[] Values(int n) => [.. Enumerable.Range(0, n).Select(i => F.tensor(Value(i)))];

    private static StructureTree Tree(int i) => new() { Params = { ["w"] = F.tensor(Value(i)) } };

    private static double Number(object tensor) => (double)(Tensor)tensor;

    private static Delegate Weighted(Type[] types) => AnyArity.Function(types, s_tensor, Weight);

    private static Tensor Weight(object[] xs) => xs
        .Select((x, i) => (i + 1) * (x switch
        {
            Tensor tensor => tensor,
            StructureTree tree => tree["w"].Tensor,
            _ => F.tensor(((Opaque)x).Number),
        }).square())
        .Aggregate((a, b) => a + b);
}
