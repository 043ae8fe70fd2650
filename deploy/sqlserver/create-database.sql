-- The database of docker-compose.yml, and the login that the service uses. Run by sqlcmd as sa at every start; can be run again.
-- $(VIDEOPIPELINE_DATABASE_PASSWORD) is sqlcmd's: the environment variable of this name.
SET NOCOUNT ON;
GO

IF DB_ID(N'videopipeline') IS NULL
    CREATE DATABASE [videopipeline];
GO

-- Readers see the last committed rows instead of waiting for writers, as in PostgreSQL and SQLite. A statement of its own,
-- because a database that was made elsewhere needs it, too; with nobody else connected it takes a moment.
IF EXISTS (SELECT 1 FROM sys.databases WHERE name = N'videopipeline' AND is_read_committed_snapshot_on = 0)
    ALTER DATABASE [videopipeline] SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE;
GO

IF SUSER_ID(N'videopipeline') IS NULL
    CREATE LOGIN [videopipeline] WITH PASSWORD = N'$(VIDEOPIPELINE_DATABASE_PASSWORD)', DEFAULT_DATABASE = [videopipeline];
ELSE
    ALTER LOGIN [videopipeline] WITH PASSWORD = N'$(VIDEOPIPELINE_DATABASE_PASSWORD)';
GO

USE [videopipeline];
GO

IF USER_ID(N'videopipeline') IS NULL
    CREATE USER [videopipeline] FOR LOGIN [videopipeline];
GO

-- It creates and upgrades its tables itself. Where an administrator does (VideoPipeline__Storage__Migrate=false), db_datareader
-- and db_datawriter on this database will do.
ALTER ROLE [db_owner] ADD MEMBER [videopipeline];
GO
