using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Wegent;
using Wegent.Events;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddWegent().UseInMemoryStorage().AddDemoAgent();
using var host = builder.Build();
await host.StartAsync();
var wegent = host.Services.GetRequiredService<IWegentClient>();
await wegent.Resources.ApplyAsync(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "team.yaml")));
var task = await wegent.Tasks.SubmitAsync(new("dev-team", "Add a health endpoint"));
await foreach (var e in wegent.Tasks.WatchAsync(task.Id))
    if (e is ChatChunk chunk) Console.Write(chunk.Content);
