using Brachy.IO;
using Brachy.Tests.Shared;

namespace Brachy.Tests.Checkpoints;

/// <summary>Structures that break a rule on purpose are refused, and the message names what is wrong.</summary>
public sealed class CheckpointHostileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string> Structures => new()
    {
        { "", "JSON" },
        { "[]", "the structure is Array" },
        { "{}", "version" },
        { """{"version":"1","entries":{}}""", "version" },
        { """{"version":1e99,"entries":{}}""", "version" },
        { """{"version":2,"entries":{}}""", "version 2" },
        { """{"version":1,"version":1,"entries":{}}""", "'version' twice" },
        { """{"version":1}""", "'entries'" },
        { """{"version":1,"entries":[]}""", "'entries' is Array" },
        { """{"version":1,"entries":{"a":1}}""", "'a' is Number" },
        { """{"version":1,"entries":{"a":{}}}""", "'a'" },
        { """{"version":1,"entries":{"":{"value":1}}}""", "''" },
        { """{"version":1,"entries":{"a":{"tree":{}}}}""", "'a'" },
        { """{"version":1,"entries":{"a":{"key":"w","tensor":"w"}}}""", "'a'" },
        { """{"version":1,"entries":{"a":{"value":1},"a":{"value":2}}}""", "'a' twice" },
        { """{"version":1,"entries":{"a":{"value":1,"value":2}}}""", "'value' twice" },
        { """{"version":1,"entries":{"a":{"\ud800":1}}}""", "Unicode" },
        { """{"version":1,"entries":{"\udc00a":{"value":1}}}""", "Unicode" },
        { """{"version":1,"entries":{"a":{"value":""" + new string('[', 100_000), "depth" },
        { string.Concat(Enumerable.Repeat("{\"version\":", 100_000)), "depth" },
    };

    public static TheoryData<string, string> Trees => new()
    {
        { "1", "the root is Number" },
        { """{"colour":1}""", "'colour'" },
        { """{"params":1}""", "the params of the root is Number" },
        { """{"params":{"w":5}}""", "'w' holds Number" },
        { """{"params":{"w":"nope"}}""", "the tensor 'nope' of 'w'" },
        { """{"params":{"w":"w","v":"gone"}}""", "the tensor 'gone' of 'v'" },
        { """{"params":{"w":"\ud800"}}""", "the tensor at 'w' is not valid Unicode" },
        { """{"params":{"a.b":"w"}}""", "'a.b'" },
        { """{"params":{"":"w"}}""", "the key ''" },
        { """{"params":{"w":"w","w":"w"}}""", "the params of the root has 'w' twice" },
        { """{"params":{"w":"w"},"params":{}}""", "'params' twice" },
        { """{"params":{"w":"w"},"buffers":{"w":"w"}}""", "the buffers of the root have the key 'w'" },
        { """{"params":{"w":"w"},"submodules":{"w":{}}}""", "the submodules of the root have the key 'w'" },
        { """{"params":{"w":{"sheep":1}}}""", "'w' holds a 'sheep'" },
        { """{"params":{"w":{"tree":1}}}""", "'w' is Number" },
        { """{"params":{"w":{"dictionary":[]}}}""", "the dictionary 'w' is Array" },
        { """{"params":{"w":{}}}""", "'w' holds Object" },
        { """{"params":{"w":["w",["x"]]}}""", "the tensor 'x' of 'w.1.0'" },
        { """{"submodules":{"a":{"submodules":[]}}}""", "the submodules of the node 'a' is Array" },
        { """{"submodules":{"a":{"submodules":{"b":null}}}}""", "the node 'a.b' is Null" },
        { """{"submodules":{"\udc00":{}}}""", "a key of the submodules of the root is not valid Unicode" },
        { """{"apply":"x"}""", "the function of the root is String" },
        { """{"apply":{}}""", "the function of the root has no name" },
        { """{"apply":{"name":1}}""", "the name of the function of the root is Number" },
        { """{"apply":{"name":"System.Diagnostics.Process"}}""", "no function 'System.Diagnostics.Process'" },
        { """{"apply":{"name":"pass_through","x":1}}""", "'x'" },
        { Wrappers("{}"), "is Object, not Array" },
        { Wrappers("[1]"), "a wrapper around 'pass_through' at the root is Number" },
        { Wrappers("""[["a"]]"""), "not a label and a value" },
        { Wrappers("""[[1,{"capture_output":"x"}]]"""), "the label of a wrapper around 'pass_through'" },
        { Wrappers("""[["",{"capture_output":"x"}]]"""), "an empty label" },
        { Wrappers("""[["\ud800",{"capture_output":"x"}]]"""), "Unicode" },
        { Wrappers("""[["a",null]]"""), "is null, which is no wrapper" },
        { Wrappers("""[["a",{"int":1}]]"""), "is 1, which is no wrapper" },
        { Wrappers("""[["a",{"left out":"a lambda"}]]"""), "a lambda" },
        { Wrappers("[" + string.Join(',', Enumerable.Repeat("""["a",{"capture_output":"x"}]""", 101)) + "]"), "101 times" },
        { """{"aux":[]}""", "the static values of the root is Array" },
        { """{"aux":{"\ud800":1}}""", "a key of the static values of the root is not valid Unicode" },
        { """{"aux":{"v":true,"v":true}}""", "'v' twice" },
        { Aux("1"), "Number" },
        { Aux("{}"), "Object" },
        { Aux("""{"int":1,"long":2}"""), "Object" },
        { Aux("""{"alien":1}"""), "'alien'" },
        { Aux("\"\\ud800\""), "Unicode" },
        { Aux("""{"text":"\ud800"}"""), "'text'" },
        { Aux("""{"int":1e99}"""), "'int'" },
        { Aux("""{"int":99999999999}"""), "'int'" },
        { Aux("""{"byte":-1}"""), "'byte'" },
        { Aux("""{"decimal":1e999}"""), "'decimal'" },
        { Aux("""{"double":"x"}"""), "'double'" },
        { Aux("""{"bool":1}"""), "'bool'" },
        { Aux("""{"dtype":"99"}"""), "'99' is no dtype" },
        { Aux("""{"dtype":"Complex"}"""), "'Complex' is no dtype" },
        { Aux("""{"dtype":null}"""), "'dtype'" },
        { Aux("""{"half_precision":"Float32"}"""), "'Float32' is no half type" },
        { Aux("""{"capture_output":null}"""), "'capture_output'" },
        { Aux("""{"shape":["a"]}"""), "'shape'" },
        { Aux("""{"size2d":[1]}"""), "'size2d'" },
        { Aux("""{"size3d":{}}"""), "'size3d'" },
        { Aux("""{"schedule":[]}"""), "'schedule'" },
        { Aux("""{"schedule":["cosine",1,2]}"""), "'cosine' is no schedule" },
        { Aux("""{"schedule":["product",["constant",1],5]}"""), "'schedule'" },
        { Aux("""{"filter":"a..b"}"""), "'a..b'" },
        { Aux("""{"filter":{"or":["a"]}}"""), "'filter'" },
        { Aux("""{"config":{"a":{"char":65}}}"""), "'a'" },
        { Aux("""{"config":{"a":true,"a":true}}"""), "'config'" },
        { Aux("""{"map<int>":{"a":1,"a":2}}"""), "'map<int>'" },
        { Aux("""{"int[]":5}"""), "'int[]'" },
        { Aux("""{"list<text>":[null]}"""), "'list<text>'" },
        { Aux("""{"any[]":[{"alien":1}]}"""), "'alien'" },
        { Aux("""{"left out":1}"""), "Number" },
        { Aux("""{"left out":"it was a lambda"}"""), "it was a lambda" },
    };

    public static TheoryData<string> Nested => new()
    {
        Nest("""{"params":{"w":""", "[", 950, "\"w\"", "]", "}}"),
        Nest("", """{"submodules":{"a":""", 480, "{}", "}}", ""),
        Nest("""{"params":{"w":""", """{"dictionary":{"a":""", 480, "\"w\"", "}}", "}}"),
        Nest("""{"aux":{"v":""", """{"any[]":[""", 480, "true", "]}", "}}"),
        Nest("""{"aux":{"v":""", """{"config":{"a":""", 480, "true", "}}", "}}"),
        Nest("""{"aux":{"v":{"filter":""", """{"not":""", 950, "\"a\"", "}", "}}}"),
        Nest("""{"aux":{"v":{"schedule":""", """["product",["constant",1],""", 950, """["constant",1]""", "]", "}}}"),
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Structures))]
    public void StructuresAreRefusedWhenTheyAreLoaded(string structure, string message)
    {
        var path = HostileCheckpoint.Write(_folder, structure);
        var error = Assert.Throws<CheckpointException>(() => Checkpoint.Load(path));
        Assert.Contains(message, error.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Trees))]
    public void TreesAreRefusedWhenTheyAreAskedFor(string tree, string message)
    {
        var checkpoint = Checkpoint.Load(HostileCheckpoint.WriteTree(_folder, tree));
        var error = Assert.Throws<CheckpointException>(() => checkpoint.Tree("m"));
        Assert.Contains(message, error.Problem, StringComparison.Ordinal);
        if (tree.StartsWith("{\"aux\":{\"v\"", StringComparison.Ordinal))
        {
            Assert.Contains("'v'", error.Problem, StringComparison.Ordinal);
        }
    }

    /// <summary>On a thread with little stack, where too deep a recursion would end the process.</summary>
    [Theory]
    [MemberData(nameof(Nested))]
    public void WhatIsNestedDeeplyIsReadOrRefused(string tree)
    {
        var checkpoint = Checkpoint.Load(HostileCheckpoint.WriteTree(_folder, tree));
        Exception? error = null;
        var thread = new Thread(() => error = Record.Exception(() => checkpoint.Tree("m")), maxStackSize: 1 << 18);
        thread.Start();
        thread.Join();
        Assert.True(error is null or CheckpointException, error?.ToString());
    }

    [Fact]
    public void PathsDoNotGrowBeyondTheFile()
    {
        var key = new string('k', 40_000);
        var checkpoint = Checkpoint.Load(
            HostileCheckpoint.WriteTree(_folder, Nest("", "{\"submodules\":{\"" + key + "\":", 240, "{}", "}}", "")));
        Assert.Contains(
            "longer than any model's", Assert.Throws<CheckpointException>(() => checkpoint.Tree("m")).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void KeysTensorsAndValuesAreChecked()
    {
        var checkpoint = Checkpoint.Load(HostileCheckpoint.Write(
            _folder,
            """{"version":1,"entries":{"key":{"key":"w"},"gone":{"tensor":"x"},"number":{"tensor":1},"""
            + """ "left":{"value":{"left out":"a lambda"}},"tree":{"config":true,"tree":{}}}}"""));
        Assert.Contains(
            "a key has no dims", Assert.Throws<CheckpointException>(() => checkpoint.Key("key")).Problem, StringComparison.Ordinal);
        Assert.Contains(
            "the tensor 'x' of 'gone'", Assert.Throws<CheckpointException>(() => checkpoint.Tensor("gone")).Problem,
            StringComparison.Ordinal);
        Assert.Contains(
            "'number' is Number", Assert.Throws<CheckpointException>(() => checkpoint.Tensor("number")).Problem, StringComparison.Ordinal);
        Assert.Contains(
            "left out", Assert.Throws<CheckpointException>(() => checkpoint.Value<string>("left")).Problem, StringComparison.Ordinal);
        Assert.Contains(
            "'tree' has no config", Assert.Throws<CheckpointException>(() => checkpoint.Tree("tree")).Problem, StringComparison.Ordinal);
    }

    private static string Aux(string value) => """{"aux":{"v":""" + value + "}}";

    private static string Wrappers(string wrappers) => """{"apply":{"name":"pass_through","wrappers":""" + wrappers + "}}";

    private static string Nest(string before, string open, int depth, string inside, string close, string after) =>
        before + string.Concat(Enumerable.Repeat(open, depth)) + inside + string.Concat(Enumerable.Repeat(close, depth)) + after;
}
