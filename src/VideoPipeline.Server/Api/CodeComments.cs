using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace VideoPipeline.Server.Api;

/// <summary>
/// The comments of the code, for the API's description: the compiler lays them beside the program. (The generator's own way
/// leaves out types that aren't public.) Where they weren't deployed, the description has fewer words.
/// </summary>
internal sealed partial class CodeComments
{
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);

    /// <param name="assemblies">Whose comments.</param>
    public CodeComments(params IEnumerable<Assembly> assemblies)
    {
        foreach (var file in assemblies.Select(assembly => Path.Combine(AppContext.BaseDirectory, $"{assembly.GetName().Name}.xml")).Where(File.Exists))
        {
            foreach (var member in XDocument.Load(file).Descendants("member"))
            {
                var name = member.Attribute("name")!.Value;
                Add(name, member.Element("summary"));
                foreach (var parameter in member.Elements("param"))
                {
                    Add($"{name}({parameter.Attribute("name")?.Value})", parameter);
                }
            }
        }
    }

    public string? Of(Type type) => _texts.GetValueOrDefault($"T:{NameOf(type)}");

    /// <summary>Of an enum's value.</summary>
    public string? Of(Type type, string value) => _texts.GetValueOrDefault($"F:{NameOf(type)}.{value}");

    /// <summary>That of the property, or of the parameter that it comes from.</summary>
    public string? Of(PropertyInfo property) => property.DeclaringType is { } type
        ? _texts.GetValueOrDefault($"P:{NameOf(type)}.{property.Name}") ?? _texts.GetValueOrDefault($"T:{NameOf(type)}({property.Name})")
        : null;

    private static string NameOf(Type type) =>
        (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');

    private void Add(string name, XElement? comment)
    {
        if (comment is not null && TextOf(comment) is { Length: > 0 } text)
        {
            _texts[name] = text;
        }
    }

    private static string TextOf(XElement comment)
    {
        var words = comment.Nodes().Select(node => node switch
        {
            XText text => text.Value,
            XElement { Name.LocalName: "see" or "paramref" } reference =>
                (reference.Attribute("cref") ?? reference.Attribute("name") ?? reference.Attribute("langword"))?.Value.Split('.', ':')[^1] ?? string.Empty,
            XElement element => element.Value,
            _ => string.Empty,
        });
        return Space().Replace(string.Concat(words), " ").Trim();
    }

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex Space();
}
