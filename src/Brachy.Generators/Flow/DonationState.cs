using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>What may hold at a point of a function.</summary>
/// <param name="Donated">Places that were given away, with the function and the call.</param>
/// <param name="Same">Places that hold the same value, because one was assigned to the other.</param>
internal sealed record DonationState(
    ImmutableDictionary<TensorPath, (string Function, SyntaxNode Call)> Donated,
    ImmutableHashSet<(TensorPath Place, TensorPath Other)> Same)
{
    public static DonationState Empty { get; } = new(
        ImmutableDictionary<TensorPath, (string Function, SyntaxNode Call)>.Empty,
        ImmutableHashSet<(TensorPath Place, TensorPath Other)>.Empty);

    /// <summary>Grows as ways come together.</summary>
    public int Count => Donated.Count + Same.Count;

    /// <summary>What may hold after either of two ways.</summary>
    public DonationState Or(DonationState other) => new(
        Donated.AddRange(other.Donated.Where(d => !Donated.ContainsKey(d.Key))), Same.Union(other.Same));

    /// <summary>Without what is known of some places.</summary>
    public DonationState Without(Func<TensorPath, bool> which) => new(
        Donated.RemoveRange(Donated.Keys.Where(which).ToArray()), Same.Except(Same.Where(s => which(s.Place) || which(s.Other)).ToArray()));

    public DonationState WithSame(TensorPath place, TensorPath other) =>
        place == other ? this : this with { Same = Same.Add((place, other)).Add((other, place)) };

    /// <summary>Gives away a place, and those that hold the same value.</summary>
    public DonationState Give(TensorPath path, string function, SyntaxNode call)
    {
        var (given, waiting) = (new HashSet<TensorPath>(), new Queue<TensorPath>([path]));
        while (waiting.Count > 0)
        {
            var next = waiting.Dequeue();
            if (given.Add(next))
            {
                foreach (var (_, other) in Same.Where(s => s.Place == next))
                {
                    waiting.Enqueue(other);
                }
            }
        }

        return this with
        {
            Donated = Donated.SetItems(given.Select(g => new KeyValuePair<TensorPath, (string, SyntaxNode)>(g, (function, call))))
        };
    }
}
