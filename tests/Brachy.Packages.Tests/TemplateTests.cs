namespace Brachy.Packages.Tests;

/// <summary>Each template, made as a user makes it, also under a name that a type of it has.</summary>
[Collection(PackagesCollection.Name)]
public class TemplateTests(Feed feed)
{
    [Theory]
    [InlineData("brachy-classifier", "Classifier", "saved classifier.safetensors", "")]
    [InlineData("brachy-lm", "LanguageModel", "The ", "60")]
    public void AProgram(string template, string name, string expected, string argument)
    {
        using var user = Install(template, name);
        var output = user.Dotnet(["run", "--project", name, .. argument.Split(' ', StringSplitOptions.RemoveEmptyEntries)]).Clean().Output;
        Assert.Contains(expected, output, StringComparison.Ordinal);
        if (template == "brachy-classifier")
        {
            var accuracy = output.Split("test accuracy ")[^1].Split(" %")[0];
            Assert.InRange(double.Parse(accuracy, System.Globalization.CultureInfo.InvariantCulture), 90, 100);
        }
    }

    [Fact]
    public void ALibraryAndItsTests()
    {
        using var user = Install("brachy-library", "GatedResidual");
        user.Dotnet("build", "GatedResidual").Clean();
        Assert.Contains("Passed:     2", user.Dotnet("test", "GatedResidual", "--no-build").Succeeded().Output, StringComparison.Ordinal);
    }

    private Consumer Install(string template, string name)
    {
        var user = feed.NewConsumer("Template");
        user.Dotnet("new", "install", Path.Combine(feed.Packages, $"Brachy.Templates.{feed.Version}.nupkg")).Succeeded();
        user.Dotnet("new", template, "-o", name).Succeeded();
        return user;
    }
}
