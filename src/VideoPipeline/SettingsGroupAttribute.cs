namespace VideoPipeline;

/// <summary>Settings that are a group within others, such as <c>Trim:Start</c> of a profile: bound and checked one by one, too.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class SettingsGroupAttribute : Attribute;
