namespace Brachy;

/// <summary>A scope that counts on the thread that opened it until it is closed, by whatever thread.</summary>
internal interface IThreadScope<TSelf>
    where TSelf : class, IThreadScope<TSelf>
{
    /// <summary>The scope that was open when this one began.</summary>
    TSelf? Outer { get; }

    /// <summary>Whether it was disposed. It may still stand among the scopes of its thread, which forgets it at its next look.</summary>
    bool IsClosed { get; }

    /// <summary>Called on the thread of a closed scope, when it is about to be forgotten.</summary>
    /// <returns>Whether it can be forgotten now.</returns>
    bool TryForget() => true;
}

/// <summary>
/// The scopes of one kind on a thread, innermost first. No thread takes a scope from the list of another: code that was suspended by an
/// await may dispose a scope on any thread, which only marks it.
/// </summary>
internal static class ThreadScopes
{
    /// <summary>The innermost scope that is open.</summary>
    /// <param name="first">The thread's list.</param>
    public static T? Innermost<T>(ref T? first)
        where T : class, IThreadScope<T>
    {
        while (first is { IsClosed: true } closed && closed.TryForget())
        {
            first = closed.Outer;
        }

        return OpenFrom(first);
    }

    /// <summary>The scope, or the innermost open one around it.</summary>
    public static T? OpenFrom<T>(T? scope)
        where T : class, IThreadScope<T>
    {
        while (scope is { IsClosed: true })
        {
            scope = scope.Outer;
        }

        return scope;
    }

    /// <summary>Whether a scope is among those of the thread.</summary>
    public static bool Contains<T>(T? first, T scope)
        where T : class, IThreadScope<T>
    {
        while (first is not null && !ReferenceEquals(first, scope))
        {
            first = first.Outer;
        }

        return first is not null;
    }
}
