using MetaGradient;

return Options.Run(args, MetaGradientRun.Run, Console.Out, Console.Error);
