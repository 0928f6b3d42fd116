using Brachy.CompilerServices;

namespace Brachy.Transforms;

/// <summary>The handlers of results of which the caller of a transform declares some items static.</summary>
internal static class ResultRoles
{
    /// <param name="staticReturns">Positions of items of a tuple, or 0 for a result that is none.</param>
    /// <exception cref="ArgumentOutOfRangeException">The result has no such item.</exception>
    public static TreeHandler<TResult> Handler<TResult>(int[]? staticReturns)
    {
        if (staticReturns is null or [])
        {
            return TreeHandler.For<TResult>();
        }

        if (TreeHandler.Find<TResult>() is ITupleHandler<TResult> tuple)
        {
            return tuple.WithStatics(Checked(tuple.Length));
        }

        Checked(1);
        return new ExplicitStaticHandler<TResult>();

        bool[] Checked(int count)
        {
            var isStatic = new bool[count];
            foreach (var position in staticReturns)
            {
                if (position < 0 || position >= count)
                {
                    throw new ArgumentOutOfRangeException(
                        nameof(staticReturns), position, $"The result has {count} items; positions go from 0 to {count - 1}.");
                }

                isStatic[position] = true;
            }

            return isStatic;
        }
    }
}
