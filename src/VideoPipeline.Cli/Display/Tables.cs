using Spectre.Console;

namespace VideoPipeline.Cli.Display;

/// <summary>The look of all lists: no frame, so that they can also be cut and searched with other tools.</summary>
internal static class Tables
{
    private const int Gap = 2;

    /// <param name="headings">One for each column; those that end in <c>#</c> are aligned to the right.</param>
    public static Table New(params string[] headings)
    {
        var table = new Table().Border(TableBorder.None).HideFooters();
        foreach (var heading in headings)
        {
            table.AddColumn(
                new TableColumn(new Text(heading.TrimEnd('#'), new Style(decoration: Decoration.Bold)))
                {
                    Alignment = heading.EndsWith('#') ? Justify.Right : Justify.Left,
                    Padding = new Padding(0, 0, Gap, 0),
                });
        }

        return table;
    }

    public static Table NewWithoutHeadings(int columns)
    {
        var table = New([.. Enumerable.Repeat(string.Empty, columns)]).HideHeaders();
        foreach (var column in table.Columns)
        {
            column.NoWrap();
        }

        return table;
    }

    /// <summary>Adds a row of texts, which are shown as they are but for what a terminal would act on.</summary>
    public static Table Row(this Table table, params string?[] cells)
    {
        table.AddRow(cells.Select(cell => new Text(SafeText.Printable(cell))));
        return table;
    }

    /// <summary>Names and values, one below the other; those without a value are left out.</summary>
    public static Grid Fields(params (string Name, string? Value)[] fields)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadLeft(0).PadRight(Gap)).AddColumn(new GridColumn().PadLeft(0).PadRight(0));
        foreach (var (name, value) in fields.Where(field => !string.IsNullOrEmpty(field.Value)))
        {
            grid.AddRow(new Text(name, new Style(decoration: Decoration.Dim)), new Text(SafeText.Printable(value)));
        }

        return grid;
    }

    /// <summary>The status in its colour, and readable without.</summary>
    public static Text Status(string status) => new(SafeText.Printable(status), status switch
    {
        "completed" => new Style(Color.Green),
        "failed" => new Style(Color.Red),
        "processing" => new Style(Color.Blue),
        "retrying" => new Style(Color.Yellow),
        "cancelled" => new Style(Color.Grey),
        _ => Style.Plain,
    });
}
