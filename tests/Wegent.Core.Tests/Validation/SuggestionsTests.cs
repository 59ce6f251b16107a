using Wegent.Validation;

namespace Wegent.Core.Tests.Validation;

public sealed class SuggestionsTests
{
    [Theory]
    [InlineData("nme", "name")]
    [InlineData("naem", "name")]
    [InlineData("Name", "name")]
    [InlineData("name_space", "namespace")]
    [InlineData("preloadSkills", "preload_skills")]
    [InlineData("systemPromt", "systemPrompt")]
    [InlineData("b", null)]
    [InlineData("xyz", null)]
    [InlineData("", null)]
    [InlineData("completely-else", null)]
    public void The_nearest_word_is_proposed_and_no_far_one(string given, string? expected)
    {
        Assert.Equal(expected, Suggestions.Nearest(given, ["name", "namespace", "preload_skills", "systemPrompt", "a", ""]));
    }

    [Fact]
    public void A_word_in_a_message_stays_short_and_on_one_line()
    {
        Assert.Equal(@"'a\u000Ab\u001Bc'", Suggestions.Quote("a\nb\u001bc"));
        Assert.InRange(Suggestions.Quote(new string('x', 10_000)).Length, 1, 70);
    }
}
