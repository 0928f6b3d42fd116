using System.Collections.Concurrent;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using Brachy.IO;

namespace Brachy.Tests.Checkpoints;

/// <summary>
/// Files that PyTorch wrote, with a description by Python of what each holds, and the comparison of what Brachy reads with it.
/// </summary>
internal static class Manifest
{
    private static readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, JsonElement>> s_read = new(StringComparer.Ordinal);

    /// <summary>The fixtures of a folder, with their descriptions.</summary>
    public static IReadOnlyDictionary<string, JsonElement> Read(string folder) => s_read.GetOrAdd(folder, Parse);

    private static Dictionary<string, JsonElement> Parse(string folder)
    {
        using var document = JsonDocument.Parse(
            File.ReadAllBytes(Path.Combine(Folder(folder), "MANIFEST.json")), new JsonDocumentOptions { MaxDepth = 1000 });
        return document.RootElement.EnumerateObject().ToDictionary(e => e.Name, e => e.Value.Clone());
    }

    public static string[] Folders() =>
        [.. Directory.GetDirectories(Folder("")).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    public static string Folder(string name, [CallerFilePath] string file = "") =>
        Path.Combine(Path.GetDirectoryName(file)!, "Fixtures", name);

    /// <summary>Compares a value with its description, exactly; the first difference fails the test.</summary>
    public static void Check(JsonElement expected, TorchValue actual, string path, int depth = 0)
    {
        var kind = expected.GetProperty("kind").GetString()!;
        switch (kind)
        {
            case "tensor":
                CheckTensor(expected, actual, path);
                break;
            case "dict":
                CheckDictionary(expected, actual, path, depth);
                break;
            case "list" or "set":
                var items = expected.GetProperty("items").EnumerateArray().ToArray();
                Equal(items.Length, actual.Items.Count, path);
                foreach (var (item, i) in items.Select((item, i) => (item, i)))
                {
                    Check(item, actual.Items[i], $"{path}[{i}]", depth + 1);
                }

                break;
            case "int":
                Equal(Text(expected), actual.As<BigInteger>().ToString(CultureInfo.InvariantCulture), path);
                break;
            case "float":
                Equal(Real(Text(expected)), Assert.IsType<double>(actual.Value), path);
                break;
            case "bool":
                Equal(expected.GetProperty("value").GetBoolean(), actual.As<bool>(), path);
                break;
            case "none":
                Assert.True(actual.IsNone, path);
                break;
            case "str" or "device":
                Equal(Text(expected), actual.As<string>(), path);
                break;
            case "dtype":
                Equal(Text(expected), actual.As<DType>().Name(), path);
                break;
            case "bytes":
                Equal(expected.GetProperty("hex").GetString(), Convert.ToHexStringLower(actual.As<byte[]>()), path);
                break;
            case "complex":
                Equal(ComplexOf(Text(expected)), actual.As<Complex>(), path);
                break;
            case "npscalar":
                CheckScalar(expected, actual, path);
                break;
            case "ndarray":
                CheckArray(expected, actual, path);
                break;
            case "sparse" or "quantized":
                Assert.Contains(
                    kind == "sparse" ? "_rebuild_sparse" : "_rebuild_qtensor", actual.As<TorchObject>().Name, StringComparison.Ordinal);
                Assert.Contains("torch.", Assert.Throws<InvalidCastException>(() => actual.As<Tensor>()).Message, StringComparison.Ordinal);
                break;
            case "object":
                CheckObject(expected, actual, path, depth);
                break;
            case "torchscript":
                CheckState(expected.GetProperty("state"), actual, path);
                break;
            case "deep":
                break;
            default:
                Assert.Fail($"{path}: nothing is known of '{kind}'");
                break;
        }
    }

    /// <summary>The elements of a tensor in row-major order, as the file of a NumPy array has them.</summary>
    public static byte[] Bytes(Tensor tensor)
    {
        using var bytes = new MemoryStream();
        using var use = tensor.Use();
        TensorMemory.Write(use.Buffer, chunk => bytes.Write(chunk));
        return bytes.ToArray();
    }

    private static void CheckTensor(JsonElement expected, TorchValue actual, string path)
    {
        Equal(
            expected.GetProperty("dtype").GetString()!,
            actual.Value is ComplexTensor complex ? complex.ToString().Split('[')[0] : actual.As<Tensor>().dtype.Name(), path);
        var shape = actual.Value is ComplexTensor ofPairs ? ofPairs.shape : actual.As<Tensor>().Type.Shape;
        Equal(string.Join(",", expected.GetProperty("shape").EnumerateArray()), string.Join(",", shape), path);
        var bytes = Bytes(actual.Value as Tensor ?? actual.As<ComplexTensor>().Pairs);
        if (expected.TryGetProperty("hex", out var hex))
        {
            Equal(hex.GetString(), Convert.ToHexStringLower(bytes), path);
        }

        Equal(expected.GetProperty("sha").GetString(), Convert.ToHexStringLower(SHA256.HashData(bytes))[..16], path);
    }

    private static void CheckDictionary(JsonElement expected, TorchValue actual, string path, int depth)
    {
        var keys = expected.GetProperty("keys").EnumerateArray().Select(k => k.GetString()!).ToArray();
        Equal(string.Join('\n', keys), string.Join('\n', actual.Pairs.Select(p => TorchText.Of(p.Key))), path);
        Equal(keys.Length, actual.Entries.Count, path);
        foreach (var (item, i) in expected.GetProperty("items").EnumerateArray().Select((item, i) => (item, i)))
        {
            Check(item, actual.Pairs[i].Value, $"{path}[{keys[i]}]", depth + 1);
            Assert.Same(actual.Pairs[i].Value, actual.Entries.Values.ElementAt(i));
            if (actual.Pairs[i].Key.Value is string name)
            {
                Assert.Same(actual.Pairs[i].Value, actual[name]);
            }
        }
    }

    private static void CheckScalar(JsonElement expected, TorchValue actual, string path)
    {
        var text = Text(expected);
        var value = expected.GetProperty("dtype").GetString()! switch
        {
            "bool" => text == "True",
            var dtype when dtype.StartsWith("float", StringComparison.Ordinal) => Real(text),
            var dtype when dtype.StartsWith("complex", StringComparison.Ordinal) => ComplexOf(text),
            var dtype when dtype.Contains("int", StringComparison.Ordinal) =>
                PickleText.Shortest(BigInteger.Parse(text, CultureInfo.InvariantCulture)),
            _ => (object)text,
        };
        Equal(value, actual.Value!, path);
    }

    /// <summary>An array of numbers is a tensor, another one a list; the description has the first elements.</summary>
    private static void CheckArray(JsonElement expected, TorchValue actual, string path)
    {
        var texts = expected.GetProperty("data").EnumerateArray().Select(d => d.GetString()!).ToArray();
        var shape = string.Join(",", expected.GetProperty("shape").EnumerateArray());
        if (actual.Value is not (Tensor or ComplexTensor))
        {
            var rank = expected.GetProperty("shape").GetArrayLength();
            Equal(string.Join('\n', texts), string.Join('\n', Flat(actual, rank).Take(texts.Length).Select(TorchText.Of)), path);
            Equal(shape, Shape(actual, rank), path);
            return;
        }

        var tensor = actual.Value as Tensor ?? actual.As<ComplexTensor>().Pairs;
        var dtype = expected.GetProperty("dtype").GetString()!;
        Equal(
            dtype == "uint16" ? "int32" : dtype is "uint32" or "uint64" ? "int64" : dtype,
            actual.Value is ComplexTensor complex ? complex.ToString().Split('[')[0] : tensor.dtype.Name(), path);
        Equal(shape, string.Join(",", actual.Value is ComplexTensor ofPairs ? ofPairs.shape : tensor.Type.Shape), path);
        var numbers = actual.Value is ComplexTensor
            ? texts.Select(ComplexOf).SelectMany(c => new[] { c.Real, c.Imaginary }).ToArray()
            : texts.Select(t => t is "True" or "False" ? t == "True" ? 1 : 0 : Real(t)).ToArray();
        Equal(
            string.Join(' ', numbers), string.Join(' ', tensor.to(DType.Float64).reshape(-1).ToArray<double>().Take(numbers.Length)), path);
    }

    private static void CheckObject(JsonElement expected, TorchValue actual, string path, int depth)
    {
        var type = expected.GetProperty("class").GetString()!;
        switch (type)
        {
            case "collections.deque":
                Assert.IsType<List<TorchValue>>(actual.Value, exactMatch: false);
                break;
            case "torch.storage.TypedStorage" or "torch.storage.UntypedStorage":
                Equal(1, actual.As<Tensor>().ndim, path);
                break;
            case "builtins.function" or "builtins.type" or "builtins.builtin_function_or_method":
                Assert.True(actual.As<TorchObject>().IsName, path);
                break;
            case "builtins.method":
                Equal("builtins.getattr", actual.As<TorchObject>().Name, path);
                break;
            case "builtins.ellipsis" or "builtins.NotImplementedType":
                Assert.IsType<TorchObject>(actual.Value);
                break;
            default:
                // A member of an enum is a name below that of its class; copyreg and others make objects in ways of their own.
                Assert.True(
                    expected.TryGetProperty("any", out _) || actual.As<TorchObject>().Name == type
                    || actual.As<TorchObject>().Name.StartsWith(type + ".", StringComparison.Ordinal), $"{path}: {actual}");
                type = actual.As<TorchObject>().Name;
                Assert.StartsWith(type, actual.ToString(), StringComparison.Ordinal);
                Assert.Contains(type, Assert.Throws<InvalidCastException>(() => actual.As<double>()).Message, StringComparison.Ordinal);
                break;
        }

        if (expected.TryGetProperty("state", out var state) && depth < 3)
        {
            CheckState(state, actual, path);
        }
    }

    private static void CheckState(JsonElement expected, TorchValue actual, string path)
    {
        var state = actual.ToStateDict();
        var names = expected.GetProperty("keys").EnumerateArray().Select(k => k.GetString()!.Trim('\'')).ToArray();
        Equal(string.Join('\n', names), string.Join('\n', state.Keys), path);
        foreach (var (name, item) in names.Zip(expected.GetProperty("items").EnumerateArray()))
        {
            CheckTensor(item, new TorchValue(state[name]), $"{path}[{name}]");
        }
    }

    private static IEnumerable<TorchValue> Flat(TorchValue value, int rank) =>
        rank == 0 ? [value] : value.Items.SelectMany(item => Flat(item, rank - 1));

    private static string Shape(TorchValue value, int rank) =>
        rank == 0 ? "" : rank == 1 ? $"{value.Items.Count}" : $"{value.Items.Count},{Shape(value.Items[0], rank - 1)}";

    private static string Text(JsonElement expected) => expected.GetProperty("value").ToString();

    private static double Real(string text) => text switch
    {
        "nan" => double.NaN,
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };

    private static void Equal<T>(T expected, T actual, string path) =>
        Assert.True(EqualityComparer<T>.Default.Equals(expected, actual), $"{path}: {expected} expected, {actual} found");

    /// <summary>A complex number as Python prints it: <c>(1+2j)</c>, or <c>2j</c>.</summary>
    private static Complex ComplexOf(string text)
    {
        text = text.Trim('(', ')').TrimEnd('j');
        var at = text.AsSpan()[1..].LastIndexOfAny('+', '-') + 1;
        at = at > 0 && text[at - 1] == 'e' ? text.AsSpan()[1..(at - 1)].LastIndexOfAny('+', '-') + 1 : at;
        return at <= 0 ? new Complex(0, Real(text)) : new Complex(Real(text[..at]), Real(text[at..].TrimStart('+')));
    }
}
