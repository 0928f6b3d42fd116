using Service;

await using var app = DigitService.Build(args);
await app.RunAsync();
