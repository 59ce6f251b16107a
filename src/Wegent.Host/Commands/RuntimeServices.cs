namespace Wegent.Hosting.Commands;

/// <summary>The SDK as the host uses it.</summary>
internal static class RuntimeServices
{
    public static void AddWegentRuntime(this IServiceCollection services) => services.AddWegent().AddDemoAgent().AddClaudeCodeAgent().AddChatAgent().AddDifyAgent();
}
