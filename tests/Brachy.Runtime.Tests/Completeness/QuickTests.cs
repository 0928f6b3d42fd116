using System.Reflection;

namespace Brachy.Tests.Completeness;

/// <summary>The quick tests, <c>dotnet test --filter "Category=Quick"</c>, leave no area out.</summary>
[Trait("Category", "Quick")]
public class QuickTests
{
    /// <summary>Areas whose tests take minutes by their nature.</summary>
    private static readonly string[] s_slow = ["Brachy.Tests.Fuzz"];

    [Fact]
    public void EveryNamespaceHasOne()
    {
        var areas = typeof(QuickTests).Assembly.GetTypes()
            .Where(type => Tests(type).Any())
            .GroupBy(type => type.Namespace!)
            .Where(area => !s_slow.Contains(area.Key))
            .ToArray();
        Assert.NotEmpty(areas);

        var without = areas.Where(area => !area.Any(type => IsQuick(type) || Tests(type).Any(IsQuick))).Select(area => area.Key);
        Assert.True(!without.Any(), $"No test is marked [Trait(\"Category\", \"Quick\")] in {string.Join(", ", without)}.");
    }

    private static IEnumerable<MethodInfo> Tests(Type type) => type.GetMethods().Where(method => method.IsDefined(typeof(FactAttribute)));

    private static bool IsQuick(MemberInfo member) => CustomAttributeData.GetCustomAttributes(member)
        .Any(data =>
            data.AttributeType == typeof(TraitAttribute) && data.ConstructorArguments is [{ Value: "Category" }, { Value: "Quick" }]);
}
