using Brachy.Native;

namespace Brachy.Tests.Native;

public class LoadFailureTests
{
    private const string Advice = "Unable to load shared library '/app/lib.so' or one of its dependencies.\n";

    [LinuxX64Fact]
    public void NamesTheMissingVersionAndTheNewestThereIs()
    {
        var provider = InstalledCppLibrary.Path;
        var failure = new DllNotFoundException(
            $"{Advice}{provider}: version `GLIBCXX_3.4.99' not found (required by /app/lib.so)\n");

        Assert.StartsWith(
            $"/app/lib.so needs GLIBCXX_3.4.99, and {provider} offers GLIBCXX_3.4.{InstalledCppLibrary.NewestMinorVersion} at most. ",
            LoadFailure.Describe("/app/lib.so", failure));
    }

    [Fact]
    public void NamesTheMissingVersionWhereTheProviderCannotBeRead()
    {
        var failure = new DllNotFoundException(
            $"{Advice}/none/libstdc++.so.6: version `GLIBCXX_3.4.99' not found (required by /app/other.so)\n");

        Assert.StartsWith(
            "/app/other.so needs GLIBCXX_3.4.99, which /none/libstdc++.so.6 does not have. Use a newer Linux release",
            LoadFailure.Describe("/app/lib.so", failure));
    }

    [Fact]
    public void UnderstandsATranslatedMessage()
    {
        var failure = new DllNotFoundException(
            $"{Advice}/none/libstdc++.so.6: Version »GLIBCXX_3.4.99« nicht gefunden (benötigt von /app/other.so)");

        Assert.StartsWith(
            "/app/other.so needs GLIBCXX_3.4.99, which /none/libstdc++.so.6 does not have.", LoadFailure.Describe("/app/lib.so", failure));
    }

    [Fact]
    public void PassesAnyOtherMessageOfTheLinkerOn()
    {
        var failure = new DllNotFoundException($"{Advice}/app/lib.so: file too short\n");

        Assert.Equal("/app/lib.so could not be loaded: /app/lib.so: file too short", LoadFailure.Describe("/app/lib.so", failure));
        Assert.Equal("/app/lib.so could not be loaded: no", LoadFailure.Describe("/app/lib.so", new DllNotFoundException("no")));
    }
}
