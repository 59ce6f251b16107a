using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Wegent.Resources;

namespace Wegent.Hosting.Tests.Security;

/// <summary>Every route, with every kind of credential, against <see cref="AuthorizationTable"/>.</summary>
public sealed partial class AuthorizationMatrixTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_route_stands_in_the_table_and_nothing_else_does()
    {
        await using var host = await TestHost.StartAsync();

        var routes = RoutesOf(host).Select(static route => route.Row).ToHashSet(StringComparer.Ordinal);
        var undecided = routes.Except(AuthorizationTable.Routes.Keys).Order(StringComparer.Ordinal);
        var gone = AuthorizationTable.Routes.Keys.Except(routes).Order(StringComparer.Ordinal);
        Assert.True(!undecided.Any() && !gone.Any(), $"Not in the table:\n{string.Join('\n', undecided)}\nIn the table, but no route:\n{string.Join('\n', gone)}");
    }

    [Fact]
    public async Task Every_route_lets_in_whom_the_table_names_and_refuses_all_others()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var host = await TestHost.StartAsync(clock: clock);
        using var ada = await host.AddUserAsync("ada");
        var expired = TokenOf(ada);
        clock.Advance(TimeSpan.FromDays(30));
        using var admin = await host.SignInAsync();
        using var user = await host.SignInAsync("ada", TestHost.UserPassword);
        var wrong = new Dictionary<string, string?>
        {
            ["anonymous"] = null,
            ["expired"] = expired,
            ["forged"] = TokenOf(user)[..^4] + "AAAA",
            ["alg none"] = Unsigned(TokenOf(user)),
            ["signed by another"] = SignedByAnother(TokenOf(user)),
            ["a ticket as a token"] = (await TestHost.ReadAsync(await user.PostAsync("/api/auth/ticket", null, Ct))).GetProperty("ticket").GetString(),
            ["an API key that nobody made"] = "wg-" + new string('a', 43),
            ["no token at all"] = "",
        };
        var userKey = await KeyAsync(user, "full");
        var readKey = await KeyAsync(user, "read");
        var adminKey = await KeyAsync(admin, "full");

        var cells = 0;
        var faults = new List<string>();
        foreach (var (row, method, path) in RoutesOf(host))
        {
            if (!AuthorizationTable.Routes.TryGetValue(row, out var access) || row.EndsWith("/chat", StringComparison.Ordinal))
                continue; // the other test says so
            foreach (var (who, token) in wrong)
                await CheckAsync(who, token, access == Access.Anyone ? null : HttpStatusCode.Unauthorized);
            await CheckAsync("user", TokenOf(user), access == Access.Admins ? HttpStatusCode.Forbidden : null);
            await CheckAsync("admin", TokenOf(admin), null);
            await CheckAsync("user's key", userKey, access is Access.Admins or Access.People ? HttpStatusCode.Forbidden : null);
            await CheckAsync("admin's key", adminKey, access == Access.People ? HttpStatusCode.Forbidden : null);
            await CheckAsync("user's reading key", readKey, access is Access.Admins or Access.People || (access != Access.Anyone && method is not "GET") ? HttpStatusCode.Forbidden : null);

            // Null: let in, whatever the answer to a request that makes little sense.
            async Task CheckAsync(string who, string? token, HttpStatusCode? refusal)
            {
                cells++;
                var status = await StatusAsync(host, method, path, token);
                var isRefused = status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;
                if (refusal is { } expected ? status != expected : isRefused)
                    faults.Add($"{row} as {who}: {(int)status}, expected {(refusal is null ? "no refusal" : (int)refusal)}");
            }
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
        Assert.True(cells >= 1500, $"only {cells} cells");
    }

    private static IEnumerable<(string Row, string Method, string Path)> RoutesOf(TestHost host)
    {
        var plurals = ResourceKinds.All.Select(static kind => kind.Plural).Where(static plural => plural != "tasks").ToHashSet(StringComparer.Ordinal);
        foreach (var endpoint in host.Services.GetServices<EndpointDataSource>().SelectMany(static source => source.Endpoints).OfType<RouteEndpoint>())
        {
            var pattern = "/" + endpoint.RoutePattern.RawText!.Trim('/'); // every route here is given as text
            var segments = pattern.Split('/');
            var row = string.Join('/', segments.Select(segment => plurals.Contains(segment) ? "{plural}" : segment));
            foreach (var method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"])
                yield return ($"{method} {row}", method, Parameter().Replace(pattern, static parameter => parameter.Value.Contains("long", StringComparison.Ordinal) ? "4711" : "nobody"));
        }
    }

    private static async Task<HttpStatusCode> StatusAsync(TestHost host, string method, string path, string? token)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path.Replace("/openapi/nobody", "/openapi/v1", StringComparison.Ordinal));
        if (token is not null)
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        if (method is "POST" or "PUT" or "PATCH")
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        using var reply = await host.Anonymous.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
        return reply.StatusCode;
    }

    private static async Task<string> KeyAsync(HttpClient client, string scope)
    {
        using var reply = await client.PostAsJsonAsync("/api/users/me/api-keys", new { name = scope, scope }, Ct);
        return (await TestHost.ReadAsync(reply)).GetProperty("key").GetString()!;
    }

    private static string TokenOf(HttpClient client) => client.DefaultRequestHeaders.Authorization!.Parameter!; // it has signed in

    private static string Unsigned(string token) =>
        $"{Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""")}.{token.Split('.')[1]}.";

    private static string SignedByAnother(string token)
    {
        var key = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(new string('x', 64)));
        var claims = JsonSerializer.Deserialize<Dictionary<string, object>>(Base64UrlEncoder.Decode(token.Split('.')[1]))!;
        return new JsonWebTokenHandler().CreateToken(JsonSerializer.Serialize(claims), new SigningCredentials(key, SecurityAlgorithms.HmacSha256));
    }

    [GeneratedRegex(@"\{[^}]*\}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Parameter();
}
