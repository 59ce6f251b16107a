using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Wegent;
using Wegent.Runtime.Sandboxes.LocalProcess;
using Wegent.Sandboxes;

// The namespace of the method's receiver's siblings: one using serves all of them.
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds processes of this machine as a place for agents.</summary>
public static class LocalProcessBuilderExtensions
{
    /// <summary>
    /// Lets agents run as processes of this machine, with the rights of its user. This is no sandbox, and says so in the log; it is for
    /// development, and where no container engine is at hand. Linux only.
    /// </summary>
    public static IWegentBuilder AddLocalProcessSandbox(this IWegentBuilder builder, Action<LocalProcessOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.BindOptions<LocalProcessOptions>(static (configuration, options) => configuration.GetSection(LocalProcessOptions.Section).Bind(options));
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<LocalProcessOptions>, LocalProcessOptionsRules>());
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<ISandboxProvider, LocalProcessProvider>());
        if (configure is not null)
            builder.Services.Configure(configure);
        return builder;
    }
}
