using Deploy;

return Options.Run(args, ExportRun.Run, ServeRun.Run, Console.Out, Console.Error);
