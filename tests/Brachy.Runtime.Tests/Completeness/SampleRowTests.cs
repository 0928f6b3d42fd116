using System.Reflection;
using Brachy.Extending;
using Brachy.NN;
using Brachy.Tests.NN;
using Brachy.Tests.Optim;

namespace Brachy.Tests.Completeness;

/// <summary>Nothing is public without a row in the table that tests its kind.</summary>
[Trait("Category", "Quick")]
public class SampleRowTests
{
    /// <summary>Modules that have nothing to compare with, and where they are tested instead.</summary>
    private static readonly Dictionary<Type, string> s_withoutRow = new()
    {
        [typeof(Module<,>)] = "is what layers derive from",
        [typeof(ModuleList<>)] = "is not called itself: Containers/ContainerTests",
        [typeof(ModuleDict<>)] = "is not called itself: Containers/ModuleDictTests",
    };

    [Fact]
    public void EveryLayerHasARow()
    {
        using var rng = Rng.Scope(0);
        var sampled = LayerSamples.All.Select(sample => Definition(sample.Layer().GetType()));
        AssertComplete(PublicModules.Where(type => !IsOptimizer(type)), sampled, "LayerSamples");
    }

    [Fact]
    public void EveryOptimizerHasARow()
    {
        using var rng = Rng.Scope(0);
        var model = new Linear(2, 2).Tree;
        Module[] made =
        [
            .. OptimizerSamples.All.Select(sample => sample.Make(model)),
            .. WrapperSamples.All.Select(sample => sample.Make(model)),
        ];
        AssertComplete(PublicModules.Where(IsOptimizer), made.Select(module => module.GetType()), "OptimizerSamples or WrapperSamples");
    }

    /// <summary>What is listed has a row by <see cref="Ops.OpTableTests.PrimitiveHasARow"/>.</summary>
    [Fact]
    public void EveryPrimitiveIsListed()
    {
        var declared = typeof(Primitive).Assembly.GetTypes()
            .Where(type => !type.ContainsGenericParameters)
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(field => typeof(Primitive).IsAssignableFrom(field.FieldType))
            .ToDictionary(field => $"{field.DeclaringType!.Name}.{field.Name}", field => (Primitive?)field.GetValue(null));
        Assert.NotEmpty(declared);

        var missing = declared.Where(field => field.Value is null || !Primitives.All.Contains(field.Value)).Select(field => field.Key);
        Assert.True(!missing.Any(), $"Primitives.All lacks {string.Join(", ", missing)}.");
    }

    private static IEnumerable<Type> PublicModules =>
        typeof(Module).Assembly.GetExportedTypes().Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(Module)));

    private static bool IsOptimizer(Type type) => type.IsSubclassOf(typeof(AnyOptimizer));

    private static Type Definition(Type type) => type.IsGenericType ? type.GetGenericTypeDefinition() : type;

    private static void AssertComplete(IEnumerable<Type> types, IEnumerable<Type> sampled, string table)
    {
        var (wanted, rows) = (types.ToArray(), sampled.ToHashSet());
        Assert.NotEmpty(wanted);

        var missing = wanted.Where(type => !rows.Contains(type) && !s_withoutRow.ContainsKey(type)).Select(type => type.Name);
        Assert.True(!missing.Any(), $"{table} has no row of {string.Join(", ", missing)}.");

        var needless = s_withoutRow.Keys.Where(rows.Contains).Select(type => type.Name);
        Assert.True(!needless.Any(), $"{table} has a row of {string.Join(", ", needless)}, which need no exemption then.");
    }
}
