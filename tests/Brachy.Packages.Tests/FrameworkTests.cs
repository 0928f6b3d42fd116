namespace Brachy.Packages.Tests;

/// <summary>Frameworks and languages, those that are served and those that are not.</summary>
[Collection(PackagesCollection.Name)]
public class FrameworkTests(Feed feed)
{
    private const string Net8 = "<TargetFramework>net8.0</TargetFramework><OutputType>Exe</OutputType>";

    [Fact]
    public void AProgramForNet8Learns()
    {
        using var user = feed.NewConsumer("Net8").With("DOTNET_ROLL_FORWARD", "Major");
        user.Project("Net8.csproj", "Brachy.Cpu", Net8 + "<LangVersion>13</LangVersion>").Write("Program.cs", Programs.Learning);
        user.Dotnet("build").Clean();
        Assert.Contains(Programs.Learned, user.Dotnet("run", "--no-build").Clean().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void AnOlderLanguageGetsOneError()
    {
        using var user = feed.NewConsumer("CSharp12");
        user.Project("CSharp12.csproj", "Brachy.Cpu", Net8).Write("Program.cs", Programs.Learning);
        var build = user.Dotnet("build");
        Assert.NotEqual(0, build.ExitCode);
        Assert.Equal(["BRACHY075"], build.Codes);
        Assert.Contains("C# 12.0", build.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("9.0.305", "BRACHY077")]
    [InlineData("10.0.100-rc.2.25502.107", "")]
    [InlineData("10.0.100", "")]
    [InlineData("11.0.100-preview.1", "")]
    public void AnOlderSdkGetsOneError(string sdk, string expected)
    {
        using var user = feed.NewConsumer("Sdk");
        user.Project("Sdk.csproj", "Brachy").Dotnet("restore").Clean();
        var check = user.Dotnet("msbuild", "-t:BrachyCheckLanguage", $"-p:NETCoreSdkVersion={sdk}", "-v:m", "-nologo");
        Assert.Equal(expected, string.Join(" ", check.Codes));
        if (expected.Length > 0)
        {
            Assert.Contains(".NET SDK 10.0.100", check.Output, StringComparison.Ordinal);
            Assert.Contains(sdk, check.Output, StringComparison.Ordinal);
        }
        else
        {
            check.Clean();
        }
    }

    [Theory]
    [InlineData("net6.0")]
    [InlineData("netstandard2.0")]
    public void AnOlderFrameworkIsRefusedByRestore(string framework)
    {
        using var user = feed.NewConsumer("Old");
        user.Project("Old.csproj", "Brachy", $"<TargetFramework>{framework}</TargetFramework>");
        var restore = user.Dotnet("restore", "-p:CheckEolTargetFramework=false");
        Assert.NotEqual(0, restore.ExitCode);
        Assert.Contains("NU1202", restore.Codes);
        Assert.Contains("net8.0", restore.Output, StringComparison.Ordinal);
    }
}
