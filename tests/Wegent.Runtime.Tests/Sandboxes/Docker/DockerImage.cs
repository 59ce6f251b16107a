using System.Formats.Tar;
using System.Text;
using Docker.DotNet;
using Docker.DotNet.Models;
using Wegent.TestKit;

namespace Wegent.Runtime.Tests.Sandboxes.Docker;

/// <summary>An image derived from the executor's, as a user would make one; removed at the end.</summary>
internal sealed class DockerImage : IAsyncDisposable
{
    private readonly DockerClient client = new DockerClientBuilder().WithEndpoint(TestServices.Docker).Build();

    public string Name { get; } = $"wegent-test-{Guid.NewGuid():N}:latest";

    /// <param name="steps">Lines of a Dockerfile, run as root.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<DockerImage> BuildAsync(string steps, CancellationToken cancellationToken)
    {
        var image = new DockerImage();
        using var context = new MemoryStream();
        await using (var tar = new TarWriter(context, leaveOpen: true))
        {
            var file = new PaxTarEntry(TarEntryType.RegularFile, "Dockerfile")
            {
                DataStream = new MemoryStream(Encoding.UTF8.GetBytes($"FROM {TestServices.ExecutorImage}\nUSER root\n{steps}\n")),
            };
            await tar.WriteEntryAsync(file, cancellationToken);
        }

        context.Position = 0;
        var output = new StringBuilder();
        await image.client.Images.BuildImageFromDockerfileAsync(
            new ImageBuildParameters { Tags = [image.Name], NetworkMode = "none", Remove = true },
            context,
            authConfigs: null,
            headers: null,
            new Progress<JSONMessage>(message => output.Append(message.Stream)),
            cancellationToken);
        return image;
    }

    public async ValueTask DisposeAsync()
    {
        await client.Images.DeleteImageAsync(Name, new ImageDeleteParameters { Force = true });
        client.Dispose();
    }
}
