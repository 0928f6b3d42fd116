using Brachy.CompilerServices;

namespace Brachy;

/// <summary>What a transform made of a function for one static part of its arguments.</summary>
internal abstract class CachedVersion(TreeDef arguments)
{
    private volatile bool _isDropped;

    public TreeDef Arguments { get; } = arguments;

    /// <summary>When it was used last, in calls of the function.</summary>
    public long LastUsed { get; set; }

    /// <summary>Whether it was dropped, so that no new call may find it.</summary>
    public bool IsDropped => _isDropped;

    /// <summary>Frees what it holds. Another thread may still be about to run it.</summary>
    public void Drop()
    {
        _isDropped = true;
        Free();
    }

    /// <summary>Frees what it holds.</summary>
    protected virtual void Free()
    {
    }
}

internal static class VersionCache
{
    /// <summary>How many versions a function keeps.</summary>
    public const int Limit = 64;
}

/// <summary>
/// The versions of a function, one for each static part of its arguments; of too many the one used longest ago is dropped. Versions
/// are few and a mismatch shows early, so that there is no hash.
/// </summary>
/// <param name="handler">Takes the arguments apart.</param>
internal sealed class VersionCache<TArguments, TVersion>(TreeHandler<TArguments> handler)
    where TVersion : CachedVersion
{
    private readonly Lock _making = new();
    private volatile TVersion[] _versions = [];
    private volatile TVersion? _last;
    private long _clock;

    public int Count => _versions.Length;

    public IReadOnlyList<TVersion> Versions => _versions;

    /// <summary>The version made or found last.</summary>
    public TVersion? Last => _last;

    /// <summary>The version for some arguments, whose tensors the flattener then holds; null when there is none.</summary>
    public TVersion? Find(TArguments arguments, TreeFlattener flattener)
    {
        var last = _last;
        if (last is not null && Matches(last))
        {
            return last;
        }

        foreach (var version in _versions)
        {
            if (!ReferenceEquals(version, last) && Matches(version))
            {
                return _last = version;
            }
        }

        return null;

        bool Matches(TVersion version)
        {
            // One that a thread has found in an old list may have become the last one after another thread dropped it.
            if (version.IsDropped)
            {
                return false;
            }

            flattener.BeginMatching(version.Arguments);
            handler.Flatten(arguments, flattener);
            return flattener.EndMatching();
        }
    }

    /// <summary>
    /// The version for some arguments. When it must be made, no other thread makes one meanwhile, and nothing is added if that fails.
    /// </summary>
    public TVersion FindOrMake(TArguments arguments, TreeFlattener flattener, Func<TreeDef, TVersion> make)
    {
        lock (_making)
        {
            if (Find(arguments, flattener) is { } madeMeanwhile)
            {
                return madeMeanwhile;
            }

            flattener.BeginRecording(withPaths: true);
            handler.Flatten(arguments, flattener);
            var version = make(flattener.EndRecording());
            var versions = _versions;
            if (versions.Length >= VersionCache.Limit)
            {
                var oldest = versions.MinBy(v => v.LastUsed)!;
                versions = Without(oldest);
                oldest.Drop();
            }

            _versions = [version, .. versions];
            return _last = version;
        }
    }

    public void Use(TVersion version) => version.LastUsed = Interlocked.Increment(ref _clock);

    public void Remove(TVersion version)
    {
        lock (_making)
        {
            _versions = Without(version);
            if (ReferenceEquals(_last, version))
            {
                _last = null;
            }

            version.Drop();
        }
    }

    public void Clear()
    {
        lock (_making)
        {
            var versions = _versions;
            (_versions, _last) = ([], null);
            Array.ForEach(versions, v => v.Drop());
        }
    }

    private TVersion[] Without(TVersion version) => [.. _versions.Where(v => !ReferenceEquals(v, version))];
}
