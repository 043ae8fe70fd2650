using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace VideoPipeline.Database;

/// <summary>Recognises that a row was refused because another one has its unique key.</summary>
public static class UniqueViolation
{
    // https://www.sqlite.org/rescode.html: SQLITE_CONSTRAINT (19), SQLITE_CONSTRAINT_UNIQUE (2067).
    private const int SqliteConstraint = 19;
    private const int SqliteConstraintUnique = 2067;

    public static bool Is(Exception exception) => exception switch
    {
        DbUpdateException { InnerException: { } inner } => Is(inner),
        SqliteException sqlite => sqlite is { SqliteErrorCode: SqliteConstraint, SqliteExtendedErrorCode: SqliteConstraintUnique },
        _ => false,
    };
}
