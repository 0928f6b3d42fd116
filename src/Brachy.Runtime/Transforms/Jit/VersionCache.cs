using Brachy.CompilerServices;

namespace Brachy;

/// <summary>
/// The versions of a function, one for each static part of its arguments; of too many the one used longest ago is dropped. Versions
/// are few and a mismatch shows early, so that there is no hash. Finding one takes no lock, and those of several static parts may be
/// made at the same time; of callers with the same static part one makes it, and the others wait.
/// </summary>
/// <param name="name">The function, for messages.</param>
/// <param name="handler">Takes the arguments apart.</param>
/// <param name="generalize">From the static part of some arguments to that of all for which a version is made; null for the same.</param>
internal sealed class VersionCache<TArguments, TVersion>(
    string name, TreeHandler<TArguments> handler, Func<TreeDef, TreeDef>? generalize = null)
    where TVersion : CachedVersion
{
    private readonly Lock _gate = new();
    private readonly List<VersionInProgress> _inProgress = [];
    private volatile TVersion[] _versions = [];
    private volatile TVersion? _last;
    private int? _limit;
    private long _clock;
    private int _evictions;

    public int Count => _versions.Length;

    public IReadOnlyList<TVersion> Versions => _versions;

    /// <summary>The version made or found last.</summary>
    public TVersion? Last => _last;

    /// <summary>How many versions were dropped because there were too many.</summary>
    public int Evictions => Volatile.Read(ref _evictions);

    /// <summary>How many versions there may be; <see cref="Jit.DefaultCacheLimit"/> until it is set.</summary>
    public int Limit
    {
        get
        {
            lock (_gate)
            {
                return CurrentLimit;
            }
        }

        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            List<TVersion> evicted;
            lock (_gate)
            {
                _limit = value;
                evicted = TakeTooMany();
            }

            Evict(evicted, value);
        }
    }

    private int CurrentLimit => _limit ?? Jit.DefaultCacheLimit;

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

        // One that a thread has found in an old list may have become the last one after another thread dropped it.
        bool Matches(TVersion version) => !version.IsDropped && this.Matches(version.Arguments, arguments, flattener);
    }

    /// <summary>
    /// The version for some arguments, whose tensors the flattener then holds. Who finds it in the making waits for it, and fails as its
    /// maker does. Nothing is added if making it fails, so that a later call tries again.
    /// </summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="flattener">Takes them apart.</param>
    /// <param name="make">Makes the version; no lock is held meanwhile.</param>
    public TVersion FindOrMake(TArguments arguments, TreeFlattener flattener, Func<TreeDef, TVersion> make)
    {
        while (true)
        {
            VersionInProgress? own = null;
            VersionInProgress? others;
            lock (_gate)
            {
                if (Find(arguments, flattener) is { } madeMeanwhile)
                {
                    return madeMeanwhile;
                }

                others = _inProgress.Find(made => Matches(made.Arguments, arguments, flattener));
                if (others is null)
                {
                    own = Begin(arguments, flattener);
                    _inProgress.Add(own);
                }
            }

            // A function that needs itself to be made gets a version that nobody else finds, instead of waiting for itself.
            if (own is not null || !others!.TryAwait(name))
            {
                return Make(own ?? Begin(arguments, flattener), make);
            }
        }
    }

    public void Use(TVersion version) => version.LastUsed = Interlocked.Increment(ref _clock);

    public void Remove(TVersion version)
    {
        lock (_gate)
        {
            _versions = [.. _versions.Where(v => !ReferenceEquals(v, version))];
            if (ReferenceEquals(_last, version))
            {
                _last = null;
            }
        }

        version.Drop();
    }

    /// <summary>Drops all versions; those that are being made serve only the calls that make them.</summary>
    public void Clear()
    {
        TVersion[] versions;
        lock (_gate)
        {
            versions = _versions;
            (_versions, _last) = ([], null);
            _inProgress.Clear();
        }

        Array.ForEach(versions, v => v.Drop());
    }

    private bool Matches(TreeDef known, TArguments arguments, TreeFlattener flattener)
    {
        flattener.BeginMatching(known);
        handler.Flatten(arguments, flattener);
        return flattener.EndMatching();
    }

    private VersionInProgress Begin(TArguments arguments, TreeFlattener flattener)
    {
        flattener.BeginRecording(withPaths: true);
        handler.Flatten(arguments, flattener);
        var definition = flattener.EndRecording();
        return new VersionInProgress(generalize?.Invoke(definition) ?? definition);
    }

    private TVersion Make(VersionInProgress own, Func<TreeDef, TVersion> make)
    {
        TVersion version;
        try
        {
            version = own.Make(make);
        }
        catch (Exception failure)
        {
            lock (_gate)
            {
                _inProgress.Remove(own);
            }

            own.End(failure);
            throw;
        }

        List<TVersion> evicted = [];
        int limit;
        lock (_gate)
        {
            limit = CurrentLimit;

            // It is not there when the cache was emptied meanwhile: what was meant to be dropped serves this call only.
            if (_inProgress.Remove(own))
            {
                // It counts as used now: it must not be the next to go before its first call.
                Use(version);
                _versions = [version, .. _versions];
                _last = version;
                evicted = TakeTooMany();
            }
        }

        own.End(failure: null);
        Evict(evicted, limit);
        return version;
    }

    /// <summary>Takes out of the list what is beyond the limit. Under the lock.</summary>
    private List<TVersion> TakeTooMany()
    {
        var excess = _versions.Length - CurrentLimit;
        if (excess <= 0)
        {
            return [];
        }

        List<TVersion> oldest = [.. _versions.OrderBy(v => v.LastUsed).Take(excess)];
        _versions = [.. _versions.Where(v => !oldest.Contains(v))];
        if (_last is { } last && oldest.Contains(last))
        {
            _last = null;
        }

        return oldest;
    }

    private void Evict(List<TVersion> versions, int limit)
    {
        versions.ForEach(version => version.Drop());
        foreach (var version in versions)
        {
            var number = Interlocked.Increment(ref _evictions);
            Jit.OnEvicted(new JitEviction(name, number, limit, version.Arguments.TensorTypes()));
        }
    }
}
