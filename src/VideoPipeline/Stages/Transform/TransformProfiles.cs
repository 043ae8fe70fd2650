using System.Collections.Frozen;

namespace VideoPipeline.Stages.Transform;

/// <summary>The profiles that channels can name: those that are shipped, and those of the settings <c>VideoPipeline:Profiles</c>.</summary>
public sealed class TransformProfiles
{
    /// <summary>What a channel has that names none, and what a profile of the settings extends that doesn't say.</summary>
    public const string Default = "youtube-1080p";

    private const string DefaultAlias = "default";

    // What YouTube takes without remarks: https://support.google.com/youtube/answer/1722171. It plays at -14 LUFS.
    private static readonly TransformProfile YouTube1080P = new()
    {
        Name = Default,
        MaxLongSide = 1920,
        MaxShortSide = 1080,
        MaxFrameRate = 60,
        Crf = 20,

        // The destination encodes once more anyway. At equal crf the slower presets give mostly smaller files, which are
        // uploaded once, for several times the processor time, of which a small server has least.
        Preset = "veryfast",
        AudioBitRate = 192_000,
        SampleRate = 48_000,
        MaxChannels = 2,
        Loudness = -14,
        LoudnessTolerance = 1,
        MaxTruePeak = -1.5,
        ThumbnailWidth = 1280,
    };

    private static readonly TransformProfile[] OwnProfiles =
    [
        YouTube1080P,
        YouTube1080P with { Name = "youtube-2160p", MaxLongSide = 3840, MaxShortSide = 2160 },
        YouTube1080P with { Name = "shorts-9x16", Aspect = "9:16", Framing = Framing.Blur },
        YouTube1080P with { Name = "archive-copy", Container = OutputContainer.Source },

        // What podcast directories ask for: https://podcasters.apple.com/support/893-audio-requirements.
        YouTube1080P with { Name = "audio-podcast", Container = OutputContainer.M4a, AudioBitRate = 128_000, Loudness = -16, MaxTruePeak = -1 },
    ];

    private readonly FrozenDictionary<string, TransformProfile> _byName;

    /// <param name="configured">In the place of shipped ones of the same name, or besides them.</param>
    public TransformProfiles(IEnumerable<TransformProfile> configured)
    {
        var byName = OwnProfiles.ToDictionary(profile => profile.Name, StringComparer.OrdinalIgnoreCase);
        var shippedDefault = byName[DefaultAlias] = YouTube1080P;
        foreach (var profile in configured)
        {
            byName[profile.Name] = profile;
        }

        // The same as the one that it stands for, changed by the settings or not, unless they say what it is.
        if (byName[DefaultAlias] == shippedDefault)
        {
            byName[DefaultAlias] = byName[Default];
        }

        _byName = byName.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        Names = [.. byName.Keys];
    }

    /// <summary>Without settings.</summary>
    public static TransformProfiles Shipped { get; } = new([]);

    /// <summary>Shipped ones first.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Null when there is none of this name.</summary>
    public TransformProfile? Find(string name) => _byName.GetValueOrDefault(name);
}
