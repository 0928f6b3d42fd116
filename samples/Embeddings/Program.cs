using Embeddings;

return Options.Run(args, SearchRun.Run, TuneRun.Run, Console.Out, Console.Error);
