using System.Reflection;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators.Tests;

/// <summary>Models compare by content and keep nothing of a compilation alive.</summary>
[Trait("Category", "Quick")]
public class ModelTests
{
    [Theory]
    [InlineData(typeof(ModuleModel))]
    [InlineData(typeof(TreeModel))]
    [InlineData(typeof(JitModel))]
    [InlineData(typeof(FaultyProperties))]
    public void HoldsNothingOfACompilation(Type model)
    {
        var seen = new HashSet<Type>();
        Walk(model, model.Name);

        void Walk(Type type, string path)
        {
            if (!seen.Add(type))
            {
                return;
            }

            Assert.False(
                typeof(ISymbol).IsAssignableFrom(type) || typeof(SyntaxNode).IsAssignableFrom(type)
                || typeof(Microsoft.CodeAnalysis.Compilation).IsAssignableFrom(type)
                || typeof(Location).IsAssignableFrom(type) || typeof(SemanticModel).IsAssignableFrom(type)
                || type.Namespace?.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal) == true,
                $"{path} is a {type}");
            Assert.False(type.IsArray, $"{path} is an array, which does not compare by content");
            if (type.IsPrimitive || type.IsEnum || type == typeof(string))
            {
                return;
            }

            if (type.IsGenericType)
            {
                var definition = type.GetGenericTypeDefinition();
                Assert.True(definition == typeof(EquatableArray<>) || definition == typeof(Nullable<>), $"{path} is a {type}");
                Walk(type.GetGenericArguments()[0], path + "[]");
                return;
            }

            Assert.True(typeof(IEquatable<>).MakeGenericType(type).IsAssignableFrom(type), $"{path} does not compare by content");
            foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
            {
                Walk(field.FieldType, $"{path}.{field.Name}");
            }
        }
    }

    [Fact]
    public void ArraysCompareByContent()
    {
        Assert.Equal(new[] { "a", "b" }.ToEquatableArray(), new[] { "a", "b" }.ToEquatableArray());
        Assert.Equal(new[] { "a" }.ToEquatableArray().GetHashCode(), new[] { "a" }.ToEquatableArray().GetHashCode());
        Assert.NotEqual(new[] { "a", "b" }.ToEquatableArray(), new[] { "b", "a" }.ToEquatableArray());
        Assert.NotEqual(new[] { "a" }.ToEquatableArray(), new[] { "a", "b" }.ToEquatableArray());
        Assert.Equal(Array.Empty<string>().ToEquatableArray(), EquatableArray<string>.Empty);
        Assert.False(EquatableArray<string>.Empty.Equals(null));
    }
}
