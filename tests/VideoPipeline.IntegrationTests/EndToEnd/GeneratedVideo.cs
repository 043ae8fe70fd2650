using VideoPipeline.IntegrationTests.Stages;

namespace VideoPipeline.IntegrationTests.EndToEnd;

/// <summary>Videos that keep a stage busy. Quick to make: a short piece, repeated without encoding it again.</summary>
internal static class GeneratedVideo
{
    /// <summary>Two minutes of full HD in a codec that no profile leaves alone: a transform takes far longer than any test waits.</summary>
    public static Task<string> LongAsync(string folder, string name) => RepeatAsync(
        folder, name, "-f lavfi -i testsrc2=size=1920x1080:rate=30:duration=2 -c:v mpeg4 -q:v 12", times: 60);

    /// <summary>Noise that conforms to the profile, so that every stage moves bytes and none encodes.</summary>
    /// <param name="seconds">Of about 30 MB each.</param>
    public static Task<string> LargeAsync(string folder, string name, int seconds = 5) => RepeatAsync(
        folder, name, "-f lavfi -i nullsrc=size=1280x720:rate=30:duration=1,geq=random(1)*255:128:128 -c:v libx264 -preset ultrafast -qp 12 -pix_fmt yuv420p", times: seconds);

    private static async Task<string> RepeatAsync(string folder, string name, string piece, int times)
    {
        var hidden = await TestMedia.MakeAsync(folder, $".{name}", piece);
        var path = await TestMedia.MakeAsync(folder, name, $"-stream_loop {times - 1} -i \"{hidden}\" -c copy");
        File.Delete(hidden);
        return path;
    }
}
