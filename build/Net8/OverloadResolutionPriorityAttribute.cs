namespace System.Runtime.CompilerServices;

/// <summary>.NET 9's attribute: of overloads that fit, the compiler takes the one with the highest priority.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Constructor | AttributeTargets.Property, Inherited = false)]
internal sealed class OverloadResolutionPriorityAttribute(int priority) : Attribute
{
    public int Priority { get; } = priority;
}
