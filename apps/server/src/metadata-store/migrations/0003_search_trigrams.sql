-- A search that few assets contain would read them all. Trigrams find texts of three characters and more; pg_trgm comes
-- with PostgreSQL's contrib modules, which a server that is given by URL may lack or may not let us use: it then goes on
-- reading them all.
DO $$
BEGIN
	CREATE EXTENSION IF NOT EXISTS pg_trgm;
	CREATE INDEX assets_search ON assets USING gin (search_text gin_trgm_ops);
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported OR undefined_object THEN
	RAISE WARNING 'without the extension pg_trgm every search reads all assets';
END
$$;
