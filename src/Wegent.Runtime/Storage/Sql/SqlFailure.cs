namespace Wegent.Runtime.Storage.Sql;

/// <summary>What a driver's error means for who ran the statement.</summary>
internal enum SqlFailure
{
    /// <summary>None of the others: the engine cannot go on, such as with a full disk.</summary>
    Other,

    /// <summary>The statement breaks a rule, and the transaction can go on without it.</summary>
    Statement,

    /// <summary>The same, because a row with the same unique values exists: another writer may have been faster.</summary>
    Duplicate,

    /// <summary>Two transactions waited for each other, and this one was taken back: the same again can go well.</summary>
    Deadlock,

    /// <summary>Another transaction held a row for too long. The statement was taken back, the transaction was not.</summary>
    LockWait,

    /// <summary>The connection could not be made, or was lost; what was not committed is taken back.</summary>
    Lost,
}
