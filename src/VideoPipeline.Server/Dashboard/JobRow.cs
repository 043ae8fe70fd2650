using System.Net;
using System.Text;
using Hangfire.Dashboard;
using Microsoft.EntityFrameworkCore;
using VideoPipeline.Database;
using VideoPipeline.Dispatch;
using VideoPipeline.Jobs;

namespace VideoPipeline.Server.Dashboard;

/// <summary>On the page of a background job: what the row says that it mirrors, and the ways to the operator page.</summary>
internal static class JobRow
{
    /// <summary>Hangfire renders synchronously; this is two rows by their keys.</summary>
    public static NonEscapedString Render(JobDetailsRendererDto details)
    {
        if (MirroredJob.RowOf(details.JobDetails.Job) is not var (_, jobId))
        {
            return new NonEscapedString("");
        }

        var services = details.Page.Context.GetHttpContext().RequestServices;
        using var db = services.GetRequiredService<IDbContextFactory<PipelineDbContext>>().CreateDbContext();
        var row = db.Jobs.AsNoTracking().Where(j => j.Id == jobId)
            .Select(j => new
            {
                Job = j,
                Title = db.Videos.Where(v => v.Id == j.VideoId).Select(v => v.Title).FirstOrDefault(),
                Channel = db.Channels.Where(c => c.Id == j.ChannelId).Select(c => c.Name).FirstOrDefault(),
            })
            .FirstOrDefault();
        return new NonEscapedString(row is null ? $"<h3>Job {jobId}</h3><p>Its row was pruned.</p>" : Of(row.Job, row.Title, row.Channel, details.JobId));
    }

    private static string Of(VideoProcessingJob job, string? title, string? channel, string backgroundJobId)
    {
        var html = new StringBuilder($"<h3 id=\"job-row\">Job {job.Id}</h3><table class=\"table table-condensed job-snippet-properties\" aria-describedby=\"job-row\">");
        if (job.VideoId is { } videoId)
        {
            Line("Video", $"<a href=\"/videos/{videoId}\">{Text(title)}</a>");
        }

        Line("Channel", $"<a href=\"/channels/{job.ChannelId}\">{Text(channel)}</a>");
        Line("Type", $"{job.JobType.Name()}, priority {job.Priority}");
        Line("Status", $"{job.Status.Name()}, attempt {job.Attempts} of {job.MaxAttempts}{(job.Progress is { } progress ? $", {progress:0} %" : "")}");
        if (job.Worker is not null)
        {
            Line("Worker", Text(job.Worker));
        }

        if ((job.ErrorMessage ?? job.WaitReason) is { } message)
        {
            Line(job.ErrorMessage is null ? "Waits" : "Error", Text(message));
        }

        if (job.HangfireJobId is { } latest && latest != backgroundJobId)
        {
            Line("Latest attempt", $"<a href=\"{HangfireDashboard.DetailsOf(latest)}\">background job {Text(latest)}</a>");
        }

        return html.Append("</table>").ToString();

        void Line(string name, string value) => html.Append($"<tr><td class=\"width-20\">{name}</td><td>{value}</td></tr>");
    }

    private static string Text(string? value) => WebUtility.HtmlEncode(value ?? "-");
}
