using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Wegent.Executor.Security;

namespace Wegent.Executor.Tests.Security;

public sealed class HashTests
{
    [Fact]
    [SuppressMessage("Security", "CA5350", Justification = "Compared with what the WebSocket handshake asks for.")]
    public void The_hashes_are_those_of_the_framework_at_every_length()
    {
        var random = new Random(1);
        for (var length = 0; length < 300; length++)
        {
            var message = new byte[length];
            random.NextBytes(message);
            Assert.Equal(SHA256.HashData(message), Sha256.Hash(message));
            Assert.Equal(SHA1.HashData(message), Sha1.Hash(message));
        }
    }

    [Fact]
    public void A_secret_is_recognised_by_its_hash_and_nothing_else_is()
    {
        var secret = LinkSecret.Parse(Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes("s3cret"))));

        Assert.NotNull(secret);
        Assert.True(secret.Matches("Bearer s3cret"));
        Assert.True(secret.Matches("bearer s3cret"));
        foreach (var wrong in (string?[])[null, "", "s3cret", "Bearer", "Bearer ", "Bearer s3cre", "Bearer s3crett", "Basic s3cret"])
            Assert.False(secret.Matches(wrong));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("zz3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    public void Without_a_whole_hash_there_is_no_secret(string? hex) => Assert.Null(LinkSecret.Parse(hex));
}
