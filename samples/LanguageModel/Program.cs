using LanguageModel;

return Options.Run(args, TrainRun.Run, GenerateRun.Run, Console.Out, Console.Error);
