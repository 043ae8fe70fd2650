using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace VideoPipeline.Nodes;

/// <summary>Settings <c>VideoPipeline:Node</c>.</summary>
public sealed partial class NodeOptions : IValidatableObject
{
    /// <summary>What this node is for.</summary>
    [EnumDataType(typeof(NodeRole))]
    public NodeRole Role { get; set; } = NodeRole.All;

    /// <summary>What this node is called, unlike any other that runs at the same time; <c>host:process</c> when empty.</summary>
    public string? Name { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        // No slash: in a job's row the name of the worker follows after one.
        if (!string.IsNullOrEmpty(Name) && !Allowed().IsMatch(Name))
        {
            yield return new ValidationResult($"must have 1 to 100 letters, digits and - _ . :, but is '{Name}'.", [nameof(Name)]);
        }
    }

    [GeneratedRegex(@"\A[A-Za-z0-9._:-]{1,100}\z", RegexOptions.None, 1000)]
    private static partial Regex Allowed();
}
