using LanguageModel;

return Options.Run(args, TrainRun.Run, GenerateRun.Run, FreezeRun.Run, Console.Out, Console.Error);
