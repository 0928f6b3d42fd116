using System.Reflection;

namespace Brachy.ShapeCheck;

/// <summary>Runs each method of an assembly whose parameters have examples, symbolically, and collects what does not fit.</summary>
internal static class ExampleCheck
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static IReadOnlyList<Finding> Run(Assembly assembly)
    {
        var findings = new List<Finding>();
        foreach (var method in MethodsWithExamples(assembly))
        {
            if (Check(method) is { } finding && !findings.Contains(finding))
            {
                findings.Add(finding);
            }
        }

        return findings;
    }

    private static IEnumerable<MethodInfo> MethodsWithExamples(Assembly assembly) =>
        from type in Types(assembly)
        from method in type.GetMethods(Declared)
        where method.GetParameters().Any(parameter => parameter.IsDefined(typeof(ExampleAttribute), inherit: false))
        select method;

    private static IEnumerable<Type> Types(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException e)
        {
            // Types on frameworks that this process does not run on; the others can be checked.
            return e.Types.OfType<Type>();
        }
    }

    private static Finding? Check(MethodInfo method)
    {
        var name = $"{method.DeclaringType!.Name}.{method.Name}";
        try
        {
            if (method.ContainsGenericParameters)
            {
                throw new ExampleException($"{name} is generic or belongs to a generic type, so that no example can be run; "
                    + "put the examples on the Forward of a class that uses it with concrete types.");
            }

            using var trace = Trace.BeginTypes(name);
            using var keys = Rng.Scope(0);
            var arguments = new ExampleArguments(trace, method);
            try
            {
                arguments.Invoke();
                return null;
            }
            catch (TargetInvocationException e) when (e.InnerException is { } error)
            {
                return Describe(error, method, $"{name}({arguments})");
            }
        }
        catch (ExampleException e)
        {
            var (file, line, column) = SourceLines.Start(method);
            return new Finding("BRACHY071", IsError: true, file, line, column, e.Message);
        }
    }

    private static Finding Describe(Exception error, MethodInfo method, string call)
    {
        while (error is TypeInitializationException or TargetInvocationException && error.InnerException is { } inner)
        {
            error = inner;
        }

        var (file, line, column) = SourceLines.Of(error, method.Module) ?? SourceLines.Start(method);
        return error is ShapeException or DTypeException or DifferentiationException or DeviceException
            ? new Finding("BRACHY070", IsError: true, file, line, column, $"{error.Message} (in {call})")
            : new Finding(
                "BRACHY072", IsError: false, file, line, column,
                $"The shapes of {call} cannot be checked further: {error.GetType().Name}: {error.Message}");
    }
}
