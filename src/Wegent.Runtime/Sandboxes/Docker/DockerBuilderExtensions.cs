using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Wegent;
using Wegent.Runtime.DependencyInjection;
using Wegent.Runtime.Sandboxes.Docker;
using Wegent.Sandboxes;
using Wegent.Storage;

// The namespace of AddWegent, so that one using serves all of them.
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds containers as a place for agents.</summary>
public static class DockerBuilderExtensions
{
    /// <summary>
    /// Gives each task a container of a Docker engine. The engine is asked when the first task needs it; until then it may be away.
    /// The place that is added first is preferred.
    /// </summary>
    public static IWegentBuilder AddDockerSandbox(this IWegentBuilder builder, Action<DockerSandboxOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (!builder.Services.Any(static service => service.ServiceType == typeof(DockerEngine)))
        {
            builder.Services.BindOptions<DockerSandboxOptions>(static (configuration, options) =>
            {
                configuration.GetSection(DockerSandboxOptions.Section).Bind(options);
                SeedNames.Apply(configuration, options);
            });
            builder.Services.TryAddEnumerable(
            [
                ServiceDescriptor.Singleton<IValidateOptions<DockerSandboxOptions>, DockerSandboxOptionsAnnotations>(),
                ServiceDescriptor.Singleton<IValidateOptions<DockerSandboxOptions>, DockerSandboxOptionsRules>(),
            ]);
            builder.Services.AddSingleton<DockerEngine>();
            builder.Services.AddSingleton<DockerNetworks>();
            builder.Services.AddSingleton<DockerContainerWatch>();
            builder.Services.AddSingleton(static services => new DockerPorts(
                services.GetRequiredService<IPortLeaseStore>(),
                services.GetRequiredService<DockerEngine>(),
                services.GetRequiredService<IOptions<DockerSandboxOptions>>(),
                services.GetRequiredService<TimeProvider>(),
                services.GetRequiredService<ILogger<DockerPorts>>()));
            builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<ISandboxProvider, DockerSandboxProvider>());
        }

        if (configure is not null)
            builder.Services.Configure(configure);
        return builder;
    }
}
