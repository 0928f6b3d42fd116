using System.Runtime.InteropServices;
using Brachy.Compilation;

namespace Brachy.Tests.Lowering;

/// <summary>
/// Work in parts is done once each, by several threads or by one, also when it fails, from several threads and inside of a part.
/// </summary>
public unsafe class ThreadTeamTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 5)]
    [InlineData(2, 1)]
    [InlineData(2, 7)]
    [InlineData(4, 3)]
    [InlineData(4, 1000)]
    [InlineData(2, 70_000)]
    [InlineData(3, 600_000)]
    public void EachPartIsDoneOnce(int threads, int parts)
    {
        using var team = new ThreadTeam();
        using var counts = new Counts(parts);
        for (var round = 1; round <= Math.Clamp(200_000 / parts, 2, 200); round++)
        {
            team.Run(threads, parts, counts.Work(Math.Min(threads, parts)));
            Assert.All(counts.Values, count => Assert.Equal(round, count));
        }
    }

    [Fact]
    public void NoPartsAreNoWork()
    {
        using var team = new ThreadTeam();
        using var counts = new Counts(1);
        team.Run(2, 0, counts.Work(1));
        Assert.Equal([0], counts.Values);
    }

    [Fact]
    public void SeveralThreadsWorkAtATime()
    {
        using var team = new ThreadTeam();
        using var counts = new Counts(2);

        // Each part waits for the other one.
        for (var round = 1; round <= 20; round++)
        {
            team.Run(2, 2, new Meeting(counts.Memory, 2 * round));
            if (round % 5 == 0)
            {
                Thread.Sleep(5);
            }
        }
    }

    [Fact]
    public void EachBeginsWithItsShare()
    {
        using var team = new ThreadTeam();
        using var counts = new Counts(2);
        using var members = new Counts(2);
        for (var round = 1; round <= 20; round++)
        {
            team.Run(2, 2, new Meeting(counts.Memory, 2 * round, members.Memory));
            Assert.Equal([0, 1], members.Values);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void WhatAPartThrowsIsThrown(int threads)
    {
        using var team = new ThreadTeam();
        for (var part = 0; part < 6; part++)
        {
            Assert.Equal($"part {part}", Assert.Throws<InvalidTimeZoneException>(() => team.Run(threads, 6, new Failing(part))).Message);
        }

        using var counts = new Counts(6);
        team.Run(threads, 6, counts.Work(threads));
        Assert.Equal([1, 1, 1, 1, 1, 1], counts.Values);
    }

    [Fact]
    public void CallersThatFindItAtWorkDoTheirsThemselves()
    {
        using var team = new ThreadTeam();
        var callers = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            for (var round = 0; round < 500; round++)
            {
                using var counts = new Counts(9);
                team.Run(3, 9, counts.Work(3));
                Assert.Equal([1, 1, 1, 1, 1, 1, 1, 1, 1], counts.Values);
            }
        })).ToList();
        callers.ForEach(caller => caller.Start());
        callers.ForEach(caller => caller.Join());
    }

    [Fact]
    public void WorkInsideOfAPartIsDone()
    {
        using var counts = new Counts(5);
        var before = ThreadTeam.ThreadsOfCaller;
        ThreadTeam.ThreadsOfCaller = 2;
        try
        {
            ThreadTeam.Run(5, new Nested(counts.Memory));
        }
        finally
        {
            ThreadTeam.ThreadsOfCaller = before;
        }

        Assert.Equal([5, 5, 5, 5, 5], counts.Values);
    }

    [Fact]
    public void NothingIsAllocated()
    {
        using var team = new ThreadTeam();
        using var counts = new Counts(4);
        var work = counts.Work(2);
        team.Run(2, 4, work);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 100; round++)
        {
            team.Run(2, 4, work);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void AClosedTeamIsRefused()
    {
        var team = new ThreadTeam();
        team.Dispose();
        Assert.Throws<ObjectDisposedException>(() => team.Run(2, 2, new Failing(0)));
    }

    private readonly struct Counting(int* counts, int members) : ITeamWork
    {
        public void Run(int part, int member)
        {
            if (member >= members)
            {
                throw new InvalidTimeZoneException($"member {member} of {members}");
            }

            Interlocked.Increment(ref counts[part]);
        }
    }

    private readonly struct Meeting(int* count, int meeting, int* members = null) : ITeamWork
    {
        public void Run(int part, int member)
        {
            if (members is not null)
            {
                members[part] = member;
            }

            Interlocked.Increment(ref *count);
            var end = Environment.TickCount64 + 60_000;
            while (Volatile.Read(ref *count) < meeting)
            {
                Assert.True(Environment.TickCount64 < end, "nobody else came");
                Thread.Yield();
            }
        }
    }

    private readonly struct Failing(int failing) : ITeamWork
    {
        public void Run(int part, int member)
        {
            if (part == failing)
            {
                throw new InvalidTimeZoneException($"part {part}");
            }
        }
    }

    private readonly struct Nested(int* counts) : ITeamWork
    {
        public void Run(int part, int member) => ThreadTeam.Run(5, new Counting(counts, 2));
    }

    private sealed class Counts(int count) : IDisposable
    {
        public int* Memory { get; } = (int*)NativeMemory.AllocZeroed((nuint)count, sizeof(int));

        public int[] Values => new ReadOnlySpan<int>(Memory, count).ToArray();

        public Counting Work(int members) => new(Memory, members);

        public void Dispose() => NativeMemory.Free(Memory);
    }
}
