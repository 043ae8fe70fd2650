using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

#pragma warning disable CA1814 // Prefer jagged arrays over multidimensional

namespace VideoPipeline.Database.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class ManyNodes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "mirrored_as",
                table: "video_processing_jobs",
                type: "TEXT",
                maxLength: 64,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "mirror_turns",
                columns: table => new
                {
                    job_type = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    turn = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_mirror_turns", x => x.job_type);
                });

            migrationBuilder.CreateTable(
                name: "nodes",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    name = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    role = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    version = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    started_at = table.Column<long>(type: "INTEGER", nullable: false),
                    seen_at = table.Column<long>(type: "INTEGER", nullable: false),
                    scrape_workers = table.Column<int>(type: "INTEGER", nullable: false),
                    download_workers = table.Column<int>(type: "INTEGER", nullable: false),
                    transform_workers = table.Column<int>(type: "INTEGER", nullable: false),
                    publish_workers = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_nodes", x => x.id);
                });

            migrationBuilder.InsertData(
                table: "mirror_turns",
                columns: new[] { "job_type", "turn" },
                values: new object[,]
                {
                    { "download", 0L },
                    { "publish", 0L },
                    { "scrape", 0L },
                    { "transform", 0L }
                });

            migrationBuilder.CreateIndex(
                name: "ix_jobs_ended",
                table: "video_processing_jobs",
                columns: new[] { "status", "completed_at" },
                filter: "completed_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_jobs_mirrored",
                table: "video_processing_jobs",
                columns: new[] { "job_type", "priority", "queued_at", "id" },
                descending: new[] { false, true, false, false },
                filter: "mirrored_as IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "mirror_turns");

            migrationBuilder.DropTable(
                name: "nodes");

            migrationBuilder.DropIndex(
                name: "ix_jobs_ended",
                table: "video_processing_jobs");

            migrationBuilder.DropIndex(
                name: "ix_jobs_mirrored",
                table: "video_processing_jobs");

            migrationBuilder.DropColumn(
                name: "mirrored_as",
                table: "video_processing_jobs");
        }
    }
}
