using Brachy.IO;
using Brachy.Modules;
using Brachy.Optim;
using Brachy.Trees;

namespace Brachy.Tests.Trees;

/// <summary>
/// Trees, collections and static values that contain themselves: an error that names the place, at little cost, whatever walks them.
/// </summary>
public partial class EndlessTreeTests
{
    private static readonly Tensor s_one = F.ones([2]);
    private static readonly ApplyFn<Tensor, Tensor> s_id = new("id", (_, _, x) => x);

    private static readonly Dictionary<string, Action<StructureTree>> s_walks = new()
    {
        ["Copy"] = t => t.Copy(),
        ["WithParams"] = t => t.WithParams(t),
        ["Nodes in values"] = t => t.Nodes(inValues: true),
        ["Tensors"] = t => t.Tensors().Count(),
        ["DistinctTensors"] = t => t.DistinctTensors().Count(),
        ["Select"] = t => t.Select("**"),
        ["MapParamsBuffers"] = t => t.MapParamsBuffers((_, x) => x),
        ["rows"] = t => StructureTree.MapParamsBuffers((_, x, _) => x, t, t),
        ["Map"] = t => t.Map((_, node) => node.CopyToLeaf()),
        ["Filter"] = t => t.Filter(TreeParts.All),
        ["Merge"] = t => StructureTree.Merge(t, t),
        ["Update"] = t => t.Update(t),
        ["Partition"] = t => t.Partition("**"),
        ["Combine"] = t => StructureTree.Combine(t, t),
        ["Diff"] = t => StructureTree.Diff(t, t),
        ["ToString"] = t => t.ToString(),
        ["Set"] = t => t.At("**").Set(s_one),
        ["Update at"] = t => t.At("**").Update(x => x),
        ["Remove"] = t => t.At("b").Remove(),
        ["Wrap"] = t => t.Wrap("**", new CaptureOutput("seen")),
        ["apply"] = t => t.Apply(GlobalConfig.Empty, s_one),
        ["half precision"] = t => s_id.Wrap("half", new HalfPrecision(DType.BFloat16)).Call(t, GlobalConfig.Empty, s_one),
        ["Jit"] = t => Jit.Compile((StructureTree x) => x).Invoke(t),
        ["Grad"] = t => Grad.TreeValueAndGrad(x => s_one.sum())(t),
        ["dynamic"] = t => Static.Lift(Jit.Transform).OfDynamic((a, _) => a[0])([t]),
        ["Checkpoint"] = t => Checkpoint.Save(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), ("model", t)),
        ["summary"] = t => ModuleSummary.Of(t, GlobalConfig.Empty, s_one),
    };

    // These look at nodes and not at the values of params and buffers.
    private static readonly Dictionary<string, Action<StructureTree>> s_walksOfNodes = new()
    {
        ["GetParams"] = t => t.GetParams(),
        ["Nodes"] = t => t.Nodes(),
        ["SelectNodes"] = t => t.SelectNodes("**"),
        ["averages"] = t => ExponentialMovingAverage.AveragedModel(t, new()),
        ["organizer"] = t => new StateOrganizer(new StructureTree(), GlobalConfig.Empty).UpdateTree(t),
    };

    public static TheoryData<string> Walks => [.. s_walks.Keys];

    public static TheoryData<string> AllWalks => [.. s_walks.Keys, .. s_walksOfNodes.Keys];

    [Theory]
    [MemberData(nameof(AllWalks))]
    public void ANodeBelowItselfIsNamed(string walk)
    {
        var tree = Tree();
        tree.Submodules["b"].Submodules["up"] = tree;
        Assert.Contains("b.up' is below itself", Refused(walk, tree), StringComparison.Ordinal);

        var self = new StructureTree { ApplyFn = s_id, Params = { ["w"] = s_one } };
        self.Submodules["x"] = self;
        self.Submodules["y"] = self;
        tree = Tree();
        tree.Submodules["b"] = self;
        Assert.Contains("b.x' is below itself", Refused(walk, tree), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Walks))]
    public void AValueInsideItselfIsNamed(string walk)
    {
        var tree = Tree();
        tree.Submodules["b"].Params["up"] = tree;
        Assert.Contains("is below itself", Refused(walk, tree), StringComparison.Ordinal);

        var list = new TreeValue[] { s_one, TreeValue.None };
        list[1] = list;
        tree = Tree();
        tree.Buffers["list"] = list;
        Assert.Contains("list.1' is below itself", Refused(walk, tree), StringComparison.Ordinal);

        var dictionary = new TreeDictionary<TreeValue>();
        dictionary[""] = dictionary;
        tree = Tree();
        tree.Params["map"] = dictionary;
        Assert.Contains("map.' is below itself", Refused(walk, tree), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Copy")]
    [InlineData("WithParams")]
    [InlineData("MapParamsBuffers")]
    [InlineData("Combine")]
    [InlineData("Diff")]
    [InlineData("Map")]
    [InlineData("Jit")]
    [InlineData("Checkpoint")]
    public void AnAuxValueInsideItselfIsNamed(string walk)
    {
        var tree = Tree();
        tree.Aux["history"] = Endless();
        Action act = walk switch
        {
            "Combine" => () => StructureTree.Combine(tree, WithHistory(new Dictionary<string, object?>())),
            "Diff" => () => StructureTree.Diff(tree, WithHistory(Endless())),
            _ => () => s_walks[walk](tree),
        };
        Assert.Contains("history'", Assert.Throws<ArgumentException>(act).Message, StringComparison.Ordinal);
        tree.Aux["history"] = new object?[] { new List<object?> { Endless() } };
        Assert.Contains("history'", Assert.Throws<ArgumentException>(act).Message, StringComparison.Ordinal);

        static StructureTree WithHistory(object value) => new() { ApplyFn = s_id, Aux = { ["history"] = value } };
    }

    [Fact]
    public void AnAuxValueInsideItselfIsPrinted()
    {
        var tree = Tree();
        tree.Aux["history"] = Endless();
        Assert.Contains("history = {a: [..., 1], b: ...}", tree.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void ASmallStackIsNoEndOfTheProcess()
    {
        string[] names =
        [
            "Copy", "WithParams", "Nodes in values", "Tensors", "MapParamsBuffers", "Map", "Merge", "Combine", "Diff", "ToString", "Remove",
            "Wrap"
        ];
        var node = Tree();
        for (var i = 0; i < NestingDepth.Max - 10; i++)
        {
            node = new StructureTree { Submodules = { ["x"] = node } };
        }

        var endless = Tree();
        endless.Submodules["b"].Params["up"] = endless;
        var aux = Tree();
        aux.Aux["history"] = Endless();
        var unexpected = new List<Exception>();
        var thread = new Thread(
            () =>
            {
                foreach (var (name, tree) in names.SelectMany(name => new[] { (name, node), (name, endless), (name, aux) }))
                {
                    try
                    {
                        s_walks[name](tree);
                    }
                    catch (Exception error) when (error is ArgumentException or InvalidOperationException)
                    {
                        // What is too deep for this stack is said.
                    }
                    catch (Exception error)
                    {
                        unexpected.Add(error);
                    }
                }
            },
            maxStackSize: 192 * 1024);
        thread.Start();
        thread.Join();
        Assert.Empty(unexpected);
    }

    [Fact]
    public void ItCostsLittleToFindOut()
    {
        var tree = new StructureTree();
        for (var i = 0; i < 40; i++)
        {
            tree.Submodules[$"block{i}"] = Tree();
        }

        tree.Submodules["again"] = tree;
        var step = Jit.Compile((StructureTree x) => x);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains(
            "'argument 1.again' is below itself", Assert.Throws<ArgumentException>(() => step.Invoke(tree)).Message,
            StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 500_000_000);
    }

    [Fact]
    public void ACompiledFunctionNamesThePlaceAlsoWhenItHasVersionsToCompareWith()
    {
        var step = Jit.Compile((StructureTree x) => x);
        step.Invoke(Tree());
        var tree = Tree();
        tree.Submodules["b"].Submodules["up"] = tree;
        Assert.Contains(
            "'argument 1.b.up' is below itself", Assert.Throws<ArgumentException>(() => step.Invoke(tree)).Message,
            StringComparison.Ordinal);
        step.Invoke(Tree());
        Assert.Equal(1, step.TraceCount);

        var dynamic = Static.Lift(Jit.Transform).OfDynamic((a, _) => a[0]);
        dynamic([s_one, new List<object?> { s_one }]);
        var list = new List<object?> { s_one };
        list.Add(list);
        Assert.Contains(
            "'argument 2.1' is below itself", Assert.Throws<ArgumentException>(() => dynamic([s_one, list])).Message,
            StringComparison.Ordinal);
        list = [s_one];
        list.Add(new Dictionary<string, object?> { ["up"] = list });
        Assert.Contains(
            "'argument 2.1.up' is below itself", Assert.Throws<ArgumentException>(() => dynamic([s_one, list])).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void AUsersTypeInsideItself()
    {
        var link = new Link { Value = s_one };
        var sum = Jit.Compile((Link chain) => chain.Value + (chain.Next?.Value ?? s_one));
        Assert.Equal(2.0f, (float)sum.Invoke(new Link { Value = s_one })[0]);
        link.Next = link;
        Assert.Contains("inside itself", Assert.Throws<ArgumentException>(() => sum.Invoke(link)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CollectionsAndSettingsInsideThemselves()
    {
        var list = new TreeValue[1];
        list[0] = list;
        Assert.Contains(
            "0' is below itself", Assert.Throws<InvalidOperationException>(() => ((TreeValue)list).ToString()).Message,
            StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => new StructureTree().At("w").Set(list));
        Assert.Throws<ArgumentException>(() => Static.Lift(Jit.Transform).OfDynamic((a, _) => a[0])([(TreeValue)list]));
        Assert.False(Brachy.Trees.Tree.IsTraceable((TreeValue)list));
        var settings = new List<object?>();
        settings.Add(settings);
        Assert.Contains(
            "'layers'", Assert.Throws<ArgumentException>(() => new GlobalConfig(("layers", settings))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DeepTreesAndNodesAtSeveralPlacesAreFine()
    {
        var deep = Chain(NestingDepth.Max - 10);
        var shared = Tree();
        foreach (var tree in
            new[] { deep, new StructureTree { Submodules = { ["a"] = shared, ["b"] = shared }, Params = { ["c"] = shared } } })
        {
            Assert.True(Jit.Compile((StructureTree x) => x).Invoke(tree.Copy())
                .ValueEquals(tree.MapParamsBuffers((_, x) => F.clone(x)).Filter(TreeParts.All)));
            Assert.Contains("float32[2]", tree.ToString(), StringComparison.Ordinal);
        }

        Assert.Contains(
            "too deep", Assert.Throws<InvalidOperationException>(() => Chain(2 * NestingDepth.Max).Copy()).Message,
            StringComparison.Ordinal);

        static StructureTree Chain(int length)
        {
            var node = Tree();
            for (var i = 0; i < length; i++)
            {
                node = new StructureTree { Submodules = { [$"n{i}"] = node } };
            }

            return node;
        }
    }

    private static StructureTree Tree() => new()
    {
        ApplyFn = s_id,
        Params = { ["w"] = s_one },
        Submodules = { ["a"] = new() { Buffers = { ["mean"] = F.ones([2]) } }, ["b"] = new() { Params = { ["v"] = F.ones([2]) } } },
    };

    private static Dictionary<string, object?> Endless()
    {
        var map = new Dictionary<string, object?>();
        map["a"] = new List<object?> { map, 1 };
        map["b"] = map;
        return map;
    }

    private static string Refused(string walk, StructureTree tree)
    {
        var error = Assert.ThrowsAny<Exception>(() => (s_walks.GetValueOrDefault(walk) ?? s_walksOfNodes[walk])(tree));
        Assert.True(error is ArgumentException or InvalidOperationException, error.ToString());
        return error.Message;
    }

    [Tree]
    public partial class Link
    {
        public required Tensor Value { get; set; }

        public Link? Next { get; set; }
    }
}
