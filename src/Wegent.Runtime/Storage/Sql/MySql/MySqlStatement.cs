namespace Wegent.Runtime.Storage.Sql.MySql;

/// <summary>A statement in the engine's words.</summary>
/// <param name="Text">Its text.</param>
/// <param name="IsWrite">Whether it changes rows.</param>
/// <param name="IsPrepared">Whether the server parses it once a connection; it takes no others, such as those that begin a transaction.</param>
internal sealed record MySqlStatement(string Text, bool IsWrite, bool IsPrepared)
{
    /// <summary>The statement of a text.</summary>
    public static MySqlStatement Of(string text)
    {
        var isWrite = Begins("INSERT ") || Begins("UPDATE ") || Begins("DELETE ");
        return new(text, isWrite, isWrite || Begins("SELECT "));

        bool Begins(string word) => text.StartsWith(word, StringComparison.Ordinal);
    }
}
