using System.Data.Common;

namespace Wegent.Runtime.Storage.Sql.MySql;

/// <summary>A connection that was lost by an earlier statement is asked for another one. Dapper would open it anew, outside the transaction.</summary>
internal sealed class MySqlSessionLostException() : DbException("The connection was lost.");
