using System.Linq.Expressions;

namespace VideoPipeline.Database;

/// <summary>Finds a text within a column, the same on every database.</summary>
internal static class TextSearch
{
    /// <summary>Rows whose column contains the text, in upper or lower case.</summary>
    public static IQueryable<T> WhereContains<T>(this IQueryable<T> rows, Expression<Func<T, string?>> column, string text)
    {
        var contains = typeof(string).GetMethod(nameof(string.Contains), [typeof(string)])!;
        var toLower = typeof(string).GetMethod(nameof(string.ToLower), Type.EmptyTypes)!;

        // As it was given, too: a database whose locale knows no letters but ASCII's must still find what was copied from it.
        var asGiven = Expression.Call(column.Body, contains, Parameter(text));
        var anyCase = Expression.Call(Expression.Call(column.Body, toLower), contains, Parameter(text.ToLowerInvariant()));
        return rows.Where(Expression.Lambda<Func<T, bool>>(Expression.OrElse(asGiven, anyCase), column.Parameters));
    }

    /// <summary>What EF takes for a variable: a constant would be part of the statement, which would then be compiled for each text.</summary>
    private static MemberExpression Parameter(string text) => Expression.Property(Expression.Constant(new Captured(text)), nameof(Captured.Text));

    private sealed record Captured(string Text);
}
