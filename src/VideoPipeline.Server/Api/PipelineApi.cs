using VideoPipeline.Server.Requests;

namespace VideoPipeline.Server.Api;

/// <summary>The HTTP API, put together from its resources.</summary>
internal static class PipelineApi
{
    public static IServiceCollection AddApi(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(options => ApiJson.Configure(options.SerializerOptions));

        // A request that can't be bound throws in every environment: the answer is made in one place, Problems.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.AddExceptionHandler<Problems>();

        // Over https, too: to guess at secrets by the sizes of answers, another site would have to send requests with this one's
        // cookie, which SameSite=Strict forbids, and the anti-forgery token is another text in every answer.
        services.AddResponseCompression(options => options.EnableForHttps = true);
        services.AddSingleton<InstalledPrograms>();
        services.AddOpenApi(ApiDocument.Configure);
        return services;
    }

    public static void MapApi(this WebApplication app)
    {
        var api = app.MapGroup("/api")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status500InternalServerError)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        api.MapChannels();
        api.MapVideos();
        api.MapJobs();
        api.MapQueue();
        api.MapNodes();
        api.MapStatistics();
        api.MapEvents();
        api.MapNotifications();
        api.MapWebhooks();
        api.MapAudit();
        app.MapHealth();
        app.MapServiceMetrics();
        app.MapOpenApi();
    }

    /// <summary>Documents what an endpoint that reads a body may answer.</summary>
    public static RouteHandlerBuilder ProducesBodyProblems(this RouteHandlerBuilder endpoint) => endpoint
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);
}
