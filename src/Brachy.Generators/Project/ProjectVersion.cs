using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>
/// Equal for compilations in which every declaration means the same: the digests of all files, what the project refers to, and its
/// options. What bodies of methods say is no part of it.
/// </summary>
internal sealed class ProjectVersion : IEquatable<ProjectVersion>
{
    private readonly string[] _digests;
    private readonly MetadataReference[] _references;
    private readonly CompilationOptions? _options;
    private readonly ParseOptions? _parseOptions;

    private ProjectVersion(
        string[] digests, MetadataReference[] references, CompilationOptions? options, ParseOptions? parseOptions)
    {
        _digests = digests;
        _references = references;
        _options = options;
        _parseOptions = parseOptions;
    }

    /// <summary>That of every project in which nothing concerns the generator.</summary>
    public static ProjectVersion Unconcerned { get; } = new([], [], null, null);

    private static WeakReference<ProjectVersion> Latest { get; } = new(Unconcerned);

    public static ProjectVersion Of(Compilation compilation, IReadOnlyList<SourceFacts> files)
    {
        var version = new ProjectVersion(
            [.. files.Select(file => file.Digest)],
            [.. compilation.References],
            compilation.Options,
            compilation.SyntaxTrees.FirstOrDefault()?.Options);

        // One object for equal versions, most of the time: they are compared for every call of a project.
        lock (Latest)
        {
            if (Latest.TryGetTarget(out var latest) && version.Equals(latest))
            {
                return latest;
            }

            Latest.SetTarget(version);
            return version;
        }
    }

    public bool Equals(ProjectVersion? other) =>
        other is not null
        && (ReferenceEquals(this, other)
            || (_digests.SequenceEqual(other._digests, StringComparer.Ordinal)
                && _references.SequenceEqual(other._references)
                && Equals(_options, other._options)
                && Equals(_parseOptions, other._parseOptions)));

    public override bool Equals(object? obj) => Equals(obj as ProjectVersion);

    public override int GetHashCode() => _digests.Length == 0 ? 0 : _digests[0].GetHashCode() ^ _digests.Length;
}
