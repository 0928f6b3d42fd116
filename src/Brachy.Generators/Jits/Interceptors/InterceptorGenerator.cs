using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>Leads direct calls of <c>[Jit(Intercept = true)]</c> methods to the compiled ones.</summary>
[Generator]
public sealed class InterceptorGenerator : IIncrementalGenerator
{
    internal const string Step = "InterceptedCalls";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var methods = ProjectState.Models(context)
            .Select(static (models, _) => models.Jits.Select(jit => jit.Interceptor).OfType<InterceptorModel>().ToEquatableArray());
        var calls = context.CompilationProvider.Combine(methods)
            .Select(static (pair, cancellation) => InterceptedCalls.Of(pair.Left, pair.Right, cancellation))
            .WithTrackingName(Step);
        context.RegisterSourceOutput(methods.Combine(calls), static (output, pair) =>
        {
            if (pair.Right.Count > 0)
            {
                output.AddSource("Brachy.Interceptors.g.cs", Emit(pair.Left, pair.Right));
            }
        });
    }

    private static string Emit(EquatableArray<InterceptorModel> methods, EquatableArray<InterceptedCall> calls)
    {
        var writer = new SourceWriter("calls of [Jit(Intercept = true)] methods");
        writer.Directive("#pragma warning disable");
        writer.Open("namespace System.Runtime.CompilerServices");
        writer.Line("[global::System.AttributeUsage(global::System.AttributeTargets.Method, AllowMultiple = true)]");
        writer.Line("file sealed class InterceptsLocationAttribute(int version, string data) : global::System.Attribute;");
        writer.Close();
        writer.Separate();
        writer.Open("namespace Brachy.Generated");
        writer.Summary("What the compiler calls in place of methods at the places that are named.");
        writer.Line("[global::System.Diagnostics.DebuggerStepThrough]");
        writer.Open("file static class JitInterceptors");
        var number = 0;
        foreach (var method in methods)
        {
            number++;
            var own = calls.Where(call => call.Id == method.Id).ToArray();
            if (own.Length > 0)
            {
                writer.Separate();
                Write(writer, method, own, $"{method.Name}{number}");
            }
        }

        writer.Close();
        writer.Close();
        return writer.ToString();
    }

    private static void Write(SourceWriter writer, InterceptorModel method, IEnumerable<InterceptedCall> calls, string name)
    {
        foreach (var call in calls)
        {
            writer.Line($"{call.Attribute} // {call.Place}");
        }

        var parameters = method.Signature.Parameters;
        writer.List(
            $"public static {method.Signature.Output} {name}{method.TypeParameters}(",
            parameters.Select(p => (p with { Default = "" }).Declaration),
            $"){string.Concat(method.Constraints.Select(constraint => " " + constraint))} =>");
        writer.Continue($"{method.Target}({string.Join(", ", parameters.Select(p => p.Name))});");
    }
}
