using Microsoft.Extensions.DependencyInjection;

namespace Wegent;

/// <summary>Where agents, sandboxes and storage are added to Wegent, by extension methods: <c>AddX</c> adds one of several, <c>UseX</c> fills a slot.</summary>
public interface IWegentBuilder
{
    /// <summary>The application's services.</summary>
    IServiceCollection Services { get; }
}
