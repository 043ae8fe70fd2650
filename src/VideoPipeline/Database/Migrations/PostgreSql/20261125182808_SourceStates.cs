using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace VideoPipeline.Database.Migrations.PostgreSql
{
    /// <inheritdoc />
    public partial class SourceStates : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AlterColumn<string>(
                name: "sha256",
                table: "artifacts",
                type: "character varying(64)",
                maxLength: 64,
                nullable: false,
                oldClrType: typeof(string),
                oldType: "text");

            migrationBuilder.CreateTable(
                name: "source_states",
                columns: table => new
                {
                    channel_id = table.Column<long>(type: "bigint", nullable: false),
                    paused_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    pause_reason = table.Column<string>(type: "text", nullable: true),
                    refusals = table.Column<int>(type: "integer", nullable: false),
                    etag = table.Column<string>(type: "text", nullable: true),
                    last_modified = table.Column<string>(type: "text", nullable: true),
                    listed_for = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_source_states", x => x.channel_id);
                    table.ForeignKey(
                        name: "fk_source_states_channels_channel_id",
                        column: x => x.channel_id,
                        principalTable: "channels",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_artifacts_content",
                table: "artifacts",
                column: "sha256");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "source_states");

            migrationBuilder.DropIndex(
                name: "ix_artifacts_content",
                table: "artifacts");

            migrationBuilder.AlterColumn<string>(
                name: "sha256",
                table: "artifacts",
                type: "text",
                nullable: false,
                oldClrType: typeof(string),
                oldType: "character varying(64)",
                oldMaxLength: 64);
        }
    }
}
