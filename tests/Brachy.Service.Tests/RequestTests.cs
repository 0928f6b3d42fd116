using System.Net;
using System.Text;
using System.Text.Json;
using Brachy.Tests.Shared;

namespace Service.Tests;

/// <summary>What is refused, and what health says.</summary>
public sealed class RequestTests
{
    private static readonly string s_image = Convert.ToBase64String(new byte[784]);

    [Fact]
    public async Task WrongRequestsAreToldWhatIsWrong()
    {
        using var folder = new TemporaryFolder();
        await using var service = await RunningService.StartAsync(folder["digits.safetensors"], waits: true, "--Service:MaxImages", "2");
        foreach (var (body, expected) in new[]
        {
            ("{}", "There are no images"), ("""{"images":null}""", "There are no images"), ("""{"images":[]}""", "There are no images"),
            ("""{"images":["AAAA"]}""", "An image has 784 bytes, and this one 3."), ("""{"images":[null]}""", "and this one 0."),
            ($$"""{"images":["{{s_image}}","{{s_image}}","{{s_image}}"]}""", "There are 3 images, and 2 at most"),
            ("null", "There are no images"), ("{", "The body must be JSON such as"), ("", "The body must be JSON such as"),
            ("""{"images":["?"]}""", "An image is 784 bytes as a text in base64"), ("""{"images":5}""", "The body must be JSON such as"),
            ($$"""{"images":["{{s_image}}", 7]}""", "images[1]"), ("[]", "The body must be JSON such as"),
        })
        {
            using var response = await service.Client.PostAsync("/predict", new StringContent(body, Encoding.UTF8, "application/json"));
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
            var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
            Assert.Equal(400, problem.GetProperty("status").GetInt32());
            Assert.Contains(expected, problem.GetProperty("errors").ToString(), StringComparison.Ordinal);
        }

        using var wrongType = await service.Client.PostAsync("/predict", new StringContent("{}", Encoding.UTF8, "text/plain"));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, wrongType.StatusCode);
        Assert.Contains("application/json", await wrongType.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var whole = await service.Client.PostAsync(
            "/predict", new StringContent($$"""{"images":["{{s_image}}"]}""", Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.OK, whole.StatusCode);
    }

    [Fact]
    public async Task AServiceWithoutAModelLivesAndIsNotReady()
    {
        using var folder = new TemporaryFolder();
        await using var service = await RunningService.StartAsync(
            folder["digits.safetensors"], waits: false, "--Service:Epochs", "100000", "--Service:StepsPerCheckpoint", "1000000");
        Assert.Equal(HttpStatusCode.OK, (await service.Client.GetAsync("/health/live")).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await service.Client.GetAsync("/health/ready")).StatusCode);
        using var response = await service.AskAsync(new byte[784]);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("There is no model yet", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await service.StopAsync();
    }

    [Fact]
    public async Task SettingsLieBesideTheProgramWhereverItIsStarted()
    {
        using var folder = new TemporaryFolder();
        var before = Directory.GetCurrentDirectory();
        Directory.SetCurrentDirectory(folder.Path);
        try
        {
            await using var app = DigitService.Build([]);
            Assert.Equal("Warning", app.Configuration["Logging:LogLevel:Microsoft.AspNetCore"]);
        }
        finally
        {
            Directory.SetCurrentDirectory(before);
        }
    }

    [Theory]
    [InlineData("--Service:MaxBatch", "4", "Service:MaxBatch is less than Service:MaxImages")]
    [InlineData("--Service:QueueLength", "0", "QueueLength")]
    public async Task WrongSettingsEndTheStart(string name, string value, string message)
    {
        using var folder = new TemporaryFolder();
        var error = await Assert.ThrowsAnyAsync<Exception>(
            () => RunningService.StartAsync(folder["digits.safetensors"], waits: false, name, value));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
