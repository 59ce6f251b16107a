using System.Text.Json;
using Wegent.Resources;

namespace Wegent.Core.Tests.Resources;

public sealed class SelectorTests
{
    private static readonly Dictionary<string, string> s_labels = new() { ["app"] = "web", ["tier"] = "", ["wegent.io/env"] = "dev" };

    [Theory]
    [InlineData("", true)]
    [InlineData("app", true)]
    [InlineData("nope", false)]
    [InlineData("!nope", true)]
    [InlineData("! app", false)]
    [InlineData("app=web", true)]
    [InlineData("app == web", true)]
    [InlineData("app=db", false)]
    [InlineData("app!=db", true)]
    [InlineData("app!=web", false)]
    [InlineData("nope!=x", true)]
    [InlineData("tier=", true)]
    [InlineData("wegent.io/env in (dev, test)", true)]
    [InlineData("wegent.io/env in (prod)", false)]
    [InlineData("wegent.io/env notin (prod,test)", true)]
    [InlineData("nope notin (x)", true)]
    [InlineData("nope in (x)", false)]
    [InlineData("app=web,tier,!nope,wegent.io/env in (dev)", true)]
    [InlineData("app=web,tier,nope", false)]
    [InlineData("in=x", false)]
    public void Labels_are_selected_as_in_Kubernetes(string selector, bool fits) =>
        Assert.Equal(fits, LabelSelector.Parse(selector).Fits(s_labels));

    [Fact]
    public void No_labels_fit_what_asks_for_none()
    {
        Assert.True(LabelSelector.Parse("!app,app!=web").Fits(null));
        Assert.False(LabelSelector.Parse("app").Fits(null));
        Assert.True(LabelSelector.Parse(null).IsEverything);
    }

    [Theory]
    [InlineData(",")]
    [InlineData("app=web,")]
    [InlineData("app=web,,tier")]
    [InlineData("=web")]
    [InlineData("app in web")]
    [InlineData("app in (web")]
    [InlineData("app=(web)")]
    [InlineData("!app=web")]
    [InlineData("!!app")]
    [InlineData("app web")]
    [InlineData("app>3")]
    [InlineData("' OR 1=1 --")]
    public void What_is_no_selector_is_refused(string selector) =>
        Assert.Equal("list.bad_selector", Assert.Throws<WegentException>(() => LabelSelector.Parse(selector)).Code);

    [Theory]
    [InlineData("", true)]
    [InlineData("metadata.name=a", true)]
    [InlineData("metadata.name==a", true)]
    [InlineData("metadata.name!=a", false)]
    [InlineData("metadata.name=b", false)]
    [InlineData("spec.count=3, spec.on=true", true)]
    [InlineData("spec.count!=4", true)]
    [InlineData("spec.nothing=", true)]
    [InlineData("spec.nothing.deeper!=x", true)]
    [InlineData("spec.list=", true)]
    [InlineData("metadata.name=a,spec.count=4", false)]
    public void Fields_are_selected_by_their_path(string selector, bool fits)
    {
        using var document = JsonDocument.Parse("""{"metadata":{"name":"a"},"spec":{"count":3,"on":true,"list":["x"]}}""");
        Assert.Equal(fits, FieldSelector.Parse(selector).Fits(document.RootElement));
    }

    [Theory]
    [InlineData("metadata.name")]
    [InlineData("=a")]
    [InlineData("metadata..name=a")]
    [InlineData("metadata.name=a,")]
    public void What_is_no_field_selector_is_refused(string selector) =>
        Assert.Equal("list.bad_selector", Assert.Throws<WegentException>(() => FieldSelector.Parse(selector)).Code);
}
