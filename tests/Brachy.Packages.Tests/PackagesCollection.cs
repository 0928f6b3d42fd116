namespace Brachy.Packages.Tests;

/// <summary>The packages are made once. Their consumers run one after the other: each build takes all cores.</summary>
[CollectionDefinition(Name)]
public sealed class PackagesCollection : ICollectionFixture<Feed>
{
    public const string Name = "packages";
}
