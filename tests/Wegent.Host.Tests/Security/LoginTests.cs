using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Wegent.Hosting.Security;
using Wegent.Storage;

namespace Wegent.Hosting.Tests.Security;

/// <summary>Signing in, and which tokens count.</summary>
public sealed class LoginTests(HostFixture fixture) : IClassFixture<HostFixture>
{
    private readonly TestHost _host = fixture.Host;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_login_gives_a_token_that_says_who_it_is_for()
    {
        using var reply = await LoginAsync("admin", TestHost.AdminPassword);
        var body = await TestHost.ReadAsync(reply);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        Assert.Equal("bearer", body.GetProperty("token_type").GetString());
        Assert.Equal(7 * 24 * 3600, body.GetProperty("expires_in").GetInt32());
        Assert.Equal("admin", body.GetProperty("user").GetProperty("user_name").GetString());
        Assert.Equal("admin", body.GetProperty("user").GetProperty("role").GetString());
        Assert.True(reply.Headers.CacheControl?.NoStore);

        Assert.Equal(HttpStatusCode.OK, await MeAsync(body.GetProperty("access_token").GetString()!));
    }

    [Fact]
    public async Task Wrong_names_and_wrong_passwords_get_one_and_the_same_answer()
    {
        using var wrongPassword = await LoginAsync("admin", "not the password");
        using var wrongName = await LoginAsync("nobody", "not the password");
        Assert.Equal(HttpStatusCode.BadRequest, wrongPassword.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, wrongName.StatusCode);
        var first = await TestHost.ReadAsync(wrongPassword);
        var second = await TestHost.ReadAsync(wrongName);
        Assert.Equal(first.GetProperty("detail").GetString(), second.GetProperty("detail").GetString());
        Assert.Equal("auth.invalid_credentials", second.GetProperty("code").GetString());
    }

    [Fact]
    public async Task How_a_user_signs_in_is_said_alike_for_unknown_users()
    {
        Assert.Equal(
            await _host.Anonymous.GetStringAsync("/api/auth/oidc/user-auth-type?username=admin", Ct),
            await _host.Anonymous.GetStringAsync("/api/auth/oidc/user-auth-type?username=nobody", Ct));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"user_name":"admin"}""")]
    [InlineData("""{"user_name":7,"password":"x"}""")]
    [InlineData("""{"user_name":"admin","password":null}""")]
    [InlineData("""{"user_name":"admin","password":"x","role":"admin"}""")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("")]
    public async Task A_login_that_says_nothing_sensible_is_400_with_a_reason(string body)
    {
        using var reply = await _host.Anonymous.PostAsync("/api/auth/login", new StringContent(body, Encoding.UTF8, "application/json"), Ct);
        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        var problem = await TestHost.ReadAsync(reply);
        Assert.Equal("request.invalid", problem.GetProperty("code").GetString());
        Assert.DoesNotContain("Wegent.Hosting", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_password_ends_the_tokens_of_before_and_comes_with_one()
    {
        using var user = await _host.AddUserAsync("carol");
        using var second = await _host.SignInAsync("carol", TestHost.UserPassword);
        using var wrong = await user.PutAsJsonAsync("/api/users/me/password", new { current_password = "no", new_password = "long enough a word" }, Ct);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        using var weak = await user.PutAsJsonAsync("/api/users/me/password", new { current_password = TestHost.UserPassword, new_password = "short" }, Ct);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, weak.StatusCode);

        using var changed = await user.PutAsJsonAsync("/api/users/me/password", new { current_password = TestHost.UserPassword, new_password = "long enough a word" }, Ct);
        var token = (await TestHost.ReadAsync(changed)).GetProperty("access_token").GetString()!;
        Assert.Equal(HttpStatusCode.OK, await MeAsync(token));
        using var ended = await second.GetAsync("/api/users/me", Ct);
        Assert.Equal(HttpStatusCode.Unauthorized, ended.StatusCode);
        using var old = await LoginAsync("carol", TestHost.UserPassword);
        Assert.Equal(HttpStatusCode.BadRequest, old.StatusCode);
    }

    [Fact]
    public async Task A_user_who_is_switched_off_is_out_at_once()
    {
        using var user = await _host.AddUserAsync("dave");
        var users = _host.Services.GetRequiredService<IUserStore>();
        var dave = await users.FindByNameAsync("dave", Ct);
        await users.UpdateAsync(dave!.Id, new UserChange(IsActive: false), Ct);
        using var reply = await user.GetAsync("/api/users/me", Ct);
        Assert.Equal(HttpStatusCode.Unauthorized, reply.StatusCode);
        using var login = await LoginAsync("dave", TestHost.UserPassword);
        Assert.Equal(HttpStatusCode.BadRequest, login.StatusCode);
    }

    [Fact]
    public async Task Tokens_that_we_did_not_make_like_this_do_not_count()
    {
        var real = await TokenAsync();
        var parts = real.Split('.');
        var key = _host.Services.GetRequiredService<SigningKey>().Key;
        var admin = await _host.Services.GetRequiredService<IUserStore>().FindByNameAsync("admin", Ct);
        Assert.Equal(HttpStatusCode.OK, await MeAsync(real));
        Assert.Equal(HttpStatusCode.OK, await MeAsync(Forge()));

        Assert.Equal(HttpStatusCode.Unauthorized, await MeAsync($"{Encode("""{"alg":"none","typ":"JWT"}""")}.{parts[1]}."));
        Assert.Equal(HttpStatusCode.Unauthorized, await MeAsync($"{Encode("""{"alg":"None","typ":"JWT"}""")}.{parts[1]}."));
        Assert.Equal(HttpStatusCode.Unauthorized, await MeAsync($"{Encode("""{"alg":"RS256","typ":"JWT"}""")}.{parts[1]}.{parts[2]}"));
        Assert.Equal(HttpStatusCode.Unauthorized, await MeAsync($"{parts[0]}.{parts[1]}."));
        Assert.Equal(HttpStatusCode.Unauthorized, await MeAsync($"{parts[0]}.{Encode("""{"sub":"1","name":"admin","role":"admin","ver":0,"iss":"wegent","aud":"wegent-api","exp":9999999999}""")}.{parts[2]}"));
        Assert.Equal(HttpStatusCode.Unauthorized, await MeAsync(Forge(signingKey: new SymmetricSecurityKey(new byte[32]))));
        Assert.Equal(HttpStatusCode.Unauthorized, await MeAsync(Forge(algorithm: SecurityAlgorithms.HmacSha384, signingKey: new SymmetricSecurityKey([.. key.Key, .. key.Key]))));
        Assert.Equal(HttpStatusCode.Unauthorized, await MeAsync(Forge(audience: "somebody-else")));
        Assert.Equal(HttpStatusCode.Unauthorized, await MeAsync(Forge(audience: Tokens.ChatAudience)));
        Assert.Equal(HttpStatusCode.Unauthorized, await MeAsync(Forge(issuer: "somebody-else")));
        Assert.Equal(HttpStatusCode.Unauthorized, await MeAsync(Forge(expires: -1)));
        Assert.Equal(HttpStatusCode.Unauthorized, await MeAsync(Forge(notBefore: 600)));
        Assert.Equal(HttpStatusCode.Unauthorized, await MeAsync(Forge(version: 99)));
        Assert.Equal(HttpStatusCode.Unauthorized, await MeAsync(Forge(subject: "99999")));
        Assert.Equal(HttpStatusCode.Unauthorized, await MeAsync(Forge(subject: "1 OR 1=1")));
        Assert.Equal(HttpStatusCode.Unauthorized, await MeAsync(Forge(subject: null)));
        Assert.Equal(HttpStatusCode.Unauthorized, await MeAsync("wg-nonsense"));
        Assert.Equal(HttpStatusCode.Unauthorized, await MeAsync(new string('a', 10_000)));

        string Forge(string algorithm = SecurityAlgorithms.HmacSha256, SecurityKey? signingKey = null, string audience = Tokens.ApiAudience, string issuer = Tokens.Issuer, int expires = 600, int notBefore = -1, int version = 0, string? subject = "admin")
        {
            var now = TimeProvider.System.GetUtcNow().UtcDateTime; // the host under test has the same clock
            var claims = new Dictionary<string, object> { [TokenClaims.UserName] = "admin", [TokenClaims.Role] = "admin", [TokenClaims.Version] = version + admin!.TokenVersion };
            if (subject is not null)
                claims[TokenClaims.UserId] = subject == "admin" ? admin.Id.ToString() : subject;
            return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
            {
                Issuer = issuer,
                Audience = audience,
                NotBefore = now.AddSeconds(Math.Min(notBefore, expires - 1)),
                Expires = now.AddSeconds(expires),
                SigningCredentials = new SigningCredentials(signingKey ?? key, algorithm),
                Claims = claims,
            });
        }

        static string Encode(string json) => Base64UrlEncoder.Encode(json);
    }

    [Fact]
    public async Task A_token_says_nothing_of_roles_that_the_user_does_not_have()
    {
        using var user = await _host.AddUserAsync("frank");
        var me = await TestHost.ReadAsync(await user.GetAsync("/api/users/me", Ct));
        Assert.Equal("user", me.GetProperty("role").GetString());
    }

    private async Task<string> TokenAsync()
    {
        using var reply = await LoginAsync("admin", TestHost.AdminPassword);
        return (await TestHost.ReadAsync(reply)).GetProperty("access_token").GetString()!;
    }

    private Task<HttpResponseMessage> LoginAsync(string userName, string password) =>
        _host.Anonymous.PostAsJsonAsync("/api/auth/login", new { user_name = userName, password }, Ct);

    private async Task<HttpStatusCode> MeAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/users/me");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var reply = await _host.Anonymous.SendAsync(request, Ct);
        return reply.StatusCode;
    }
}
