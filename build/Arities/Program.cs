using Brachy.Arities;

// Writes the members that exist once for each number of arguments. Run it after a change of a template: dotnet run --project build/Arities
foreach (var (file, text) in Ladders.Render())
{
    var path = Path.Combine(Ladders.Root, file);
    Directory.CreateDirectory(Path.GetDirectoryName(path)!);
    if (!File.Exists(path) || File.ReadAllText(path) != text)
    {
        File.WriteAllText(path, text);
        Console.WriteLine($"written: {file}");
    }
}
