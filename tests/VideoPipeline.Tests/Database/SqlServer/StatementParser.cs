using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace VideoPipeline.Tests.Database.SqlServer;

/// <summary>Reads T-SQL as SQL Server does: as the oldest version that is supported, and as a new one.</summary>
internal static class StatementParser
{
    /// <returns>The batches, and what is wrong with them.</returns>
    public static (IList<TSqlBatch> Batches, IReadOnlyList<string> Errors) Parse(string text)
    {
        var newest = new TSql160Parser(initialQuotedIdentifiers: true).Parse(new StringReader(text), out var errors);
        new TSql130Parser(initialQuotedIdentifiers: true).Parse(new StringReader(text), out var errorsOf2016);
        return (
            newest is TSqlScript script ? script.Batches : [],
            [.. errors.Concat(errorsOf2016).Select(error => $"line {error.Line}, column {error.Column}: {error.Message}")]);
    }
}
