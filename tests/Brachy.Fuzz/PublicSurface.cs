using System.Reflection;
using Brachy.NN;

namespace Brachy.Fuzz;

/// <summary>
/// Every public function that takes tensors, shapes or settings: ops, methods and operators of tensors, samplers, layers, and transforms.
/// </summary>
public static class PublicSurface
{
    // What reads or frees a tensor, and what opens a scope, is no op.
    private static readonly HashSet<string> s_excluded =
        [
            "Dispose", "AsTorch", "item", "ToArray", "FromArray", "FromTorch", "GetType", "GetHashCode", "ToString", "Equals", "Scope",
            "NextKey", "op_Implicit", "op_Explicit", "backward"
        ];

    public static IReadOnlyList<Target> Targets { get; } =
        [.. Callable().Where(m => Unsupported(m) is null).Select(Target.Of).OrderBy(t => t.Name, StringComparer.Ordinal)];

    /// <summary>Public functions that no arguments can be made for, with the reason.</summary>
    public static IReadOnlyList<string> Uncovered { get; } =
        [.. Callable().Where(m => Unsupported(m) is not null).Select(m => $"{m.DeclaringType!.Name}.{m.Name}: {Unsupported(m)}").Distinct()
            .Order(StringComparer.Ordinal)];

    private static IEnumerable<MethodBase> Callable()
    {
        const BindingFlags Static = BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly;
        const BindingFlags Instance = BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        IEnumerable<MethodBase> methods =
        [
            .. typeof(F).GetMethods(Static),
            .. typeof(F).GetNestedTypes().SelectMany(t => t.GetMethods(Static)),
            .. typeof(ComplexTensor).GetMethods(Static).Where(m => m.ReturnType == typeof(ComplexTensor)),
            .. typeof(Rng).GetMethods(Static),
            .. typeof(Transformed).GetMethods(Static),
            .. typeof(TransformedTrees).GetMethods(Static),
            .. typeof(Tensor).GetMethods(Static),
            .. typeof(Tensor).GetMethods(Instance),
            .. typeof(Linear).Assembly.GetExportedTypes()
                .Where(t => t is { Namespace: "Brachy.NN", IsAbstract: false, IsClass: true } && typeof(Module).IsAssignableFrom(t))
                .SelectMany(t => t.GetConstructors()),
            .. typeof(Linear).Assembly.GetExportedTypes()
                .Where(t => t is { Namespace: "Brachy.NN", IsAbstract: true, IsSealed: true })
                .SelectMany(t => t.GetMethods(Static)),
        ];
        return methods.Where(m => !s_excluded.Contains(m.Name) && !m.Name.StartsWith("get_", StringComparison.Ordinal) && !IsBinding(m));
    }

    private static bool IsBinding(MethodBase method) =>
        method.IsConstructor && method.GetParameters() is [{ ParameterType: var type }] && type == typeof(ModuleBinding);

    private static string? Unsupported(MethodBase method)
    {
        if (method.ContainsGenericParameters)
        {
            return "generic";
        }

        var parameter = method.GetParameters().FirstOrDefault(p => !RandomArguments.CanMake(p.ParameterType));
        return parameter is null ? null : $"takes a {parameter.ParameterType.Name}";
    }
}
