namespace VideoPipeline.Access;

/// <summary>What operators do, as the audit log names it.</summary>
public static class AuditAction
{
    public const string EnqueueJob = "job.enqueue";
    public const string RetryJob = "job.retry";
    public const string CancelJob = "job.cancel";
    public const string ChangePriority = "job.priority";
    public const string ReportJob = "job.report";

    public const string PauseQueue = "queue.pause";
    public const string ResumeQueue = "queue.resume";
    public const string ProcessQueue = "queue.process";

    public const string CreateChannel = "channel.create";
    public const string ChangeChannel = "channel.change";
    public const string DeleteChannel = "channel.delete";
    public const string ResumeChannel = "channel.resume";

    public const string AddVideo = "video.add";

    public const string RetryNotification = "notification.retry";

    public const string CreateKey = "key.create";
    public const string RevokeKey = "key.revoke";

    public const string SignIn = "session.signIn";
    public const string SignOut = "session.signOut";

    /// <summary>A button of Hangfire's dashboard that changes no row of ours by itself.</summary>
    public const string Dashboard = "dashboard";
}
