-- Every extension but plpgsql whose schema is public.
-- rule: extension_in_public
SELECT extname::text AS subject FROM pg_extension
WHERE extnamespace = to_regnamespace('public') AND extname <> 'plpgsql'
