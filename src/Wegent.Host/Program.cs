using Wegent.Hosting.Commands;

return await CommandLine.RunAsync(args);
