using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace Wegent.Hosting.Security;

/// <summary>Wires up who may do what: bearer tokens, and every route closed unless it says otherwise.</summary>
internal static class SecurityServices
{
    /// <summary>Policy of routes for administrators.</summary>
    public const string AdminsOnly = "admins";

    /// <summary>Policy of routes that a key of a program must not reach: passwords and keys themselves.</summary>
    public const string PeopleOnly = "people";

    // Chooses by the settings, when a request comes: schemes are registered before settings are read.
    private const string Chooser = "Wegent";

    public static IServiceCollection AddHostSecurity(this IServiceCollection services)
    {
        services.AddOptions<AuthOptions>().BindConfiguration(AuthOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AuthOptions>, AuthOptionsRules>();
        services.AddSingleton<Passwords>();
        services.AddSingleton<SigningKey>();
        services.AddSingleton<Tokens>();
        services.AddSingleton<Tickets>();
        services.AddSingleton<LoginThrottle>();
        services.AddSingleton<Accounts>();
        services.AddSingleton<ApiKeys>();
        services.AddSingleton<UserAdministration>();
        services.AddSingleton<FirstStart>();
        services.AddHostedService(static provider => provider.GetRequiredService<FirstStart>());

        services.AddAuthentication(Chooser)
            .AddPolicyScheme(Chooser, null, static options => options.ForwardDefaultSelector = ChooseScheme)
            .AddJwtBearer()
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, null)
            .AddScheme<AuthenticationSchemeOptions, LocalAuthentication>(LocalAuthentication.SchemeName, null);
        services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme).Configure<Tokens>(static (options, tokens) =>
        {
            options.MapInboundClaims = false;
            options.TokenValidationParameters = tokens.RulesFor(Tokens.ApiAudience);
            options.Events = new JwtBearerEvents { OnTokenValidated = CheckUserAsync };
        });
        services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().RequireAssertion(MayDo).Build())
            .AddPolicy(AdminsOnly, static policy => policy.RequireAuthenticatedUser().RequireRole(Roles.Admin).RequireAssertion(MayDo))
            .AddPolicy(PeopleOnly, static policy => policy.RequireAuthenticatedUser().RequireAssertion(static context => context.User.FindFirstValue(TokenClaims.Scope) is null));
        return services;
    }

    private static string ChooseScheme(HttpContext context) =>
        AuthModes.IsNone(context.RequestServices.GetRequiredService<IOptions<AuthOptions>>().Value.Mode)
            ? LocalAuthentication.SchemeName
            : ApiKeyAuthentication.IsGiven(context.Request) ? ApiKeyAuthentication.SchemeName : JwtBearerDefaults.AuthenticationScheme;

    private static bool MayDo(AuthorizationHandlerContext context) =>
        !ApiKeyAuthentication.IsReadOnly(context.User)
        || context.Resource is HttpContext { Request.Method: var method } && (HttpMethods.IsGet(method) || HttpMethods.IsHead(method));

    private static async Task CheckUserAsync(TokenValidatedContext context)
    {
        var accounts = context.HttpContext.RequestServices.GetRequiredService<Accounts>();
        int? version = int.TryParse(context.Principal!.FindFirstValue(TokenClaims.Version), out var value) ? value : null; // a validated token has a principal
        var user = await accounts.FindAsync(context.Principal!.FindFirstValue(TokenClaims.UserId), version, context.HttpContext.RequestAborted);
        if (user is null)
            context.Fail("The token has ended.");
        else
            context.Principal = Accounts.PrincipalOf(user, context.Scheme.Name);
    }
}
