using Microsoft.Extensions.DependencyInjection;
using Wegent.Runtime.Application.Definitions;

namespace Wegent.Runtime.Application;

/// <summary>The client of one user. Cheap to make: everything it uses is shared.</summary>
internal sealed class WegentClient : IWegentClient
{
    private readonly IServiceProvider _services;

    public WegentClient(IServiceProvider services)
        : this(services, IWegentClient.LocalOwner)
    {
    }

    private WegentClient(IServiceProvider services, string owner)
    {
        _services = services;
        Owner = owner;
        Resources = ActivatorUtilities.CreateInstance<ResourceService>(services, owner);
        Tasks = ActivatorUtilities.CreateInstance<TaskService>(services, owner);
        Secrets = ActivatorUtilities.CreateInstance<SecretService>(services, owner);
    }

    public string Owner { get; }

    public IResourceClient Resources { get; }

    public ITaskClient Tasks { get; }

    public ISecretClient Secrets { get; }

    public IWegentClient For(string owner)
    {
        ArgumentException.ThrowIfNullOrEmpty(owner);
        return owner == Owner ? this : new WegentClient(_services, owner);
    }
}
