-- SPDX-License-Identifier: ISC
-- Full-text search by language.

-- The text search configuration of a language; simple where PostgreSQL has none.
create function internal.search_config(p_locale text) returns regconfig
language sql immutable as $$
	select case split_part(lower(p_locale), '-', 1)
		when 'ar' then 'pg_catalog.arabic' when 'hy' then 'pg_catalog.armenian' when 'eu' then 'pg_catalog.basque' when 'ca' then 'pg_catalog.catalan'
		when 'da' then 'pg_catalog.danish' when 'nl' then 'pg_catalog.dutch' when 'en' then 'pg_catalog.english' when 'fi' then 'pg_catalog.finnish'
		when 'fr' then 'pg_catalog.french' when 'de' then 'pg_catalog.german' when 'el' then 'pg_catalog.greek' when 'hi' then 'pg_catalog.hindi'
		when 'hu' then 'pg_catalog.hungarian' when 'id' then 'pg_catalog.indonesian' when 'ga' then 'pg_catalog.irish' when 'it' then 'pg_catalog.italian'
		when 'lt' then 'pg_catalog.lithuanian' when 'ne' then 'pg_catalog.nepali' when 'no' then 'pg_catalog.norwegian' when 'nb' then 'pg_catalog.norwegian'
		when 'nn' then 'pg_catalog.norwegian' when 'pt' then 'pg_catalog.portuguese' when 'ro' then 'pg_catalog.romanian' when 'ru' then 'pg_catalog.russian'
		when 'sr' then 'pg_catalog.serbian' when 'es' then 'pg_catalog.spanish' when 'sv' then 'pg_catalog.swedish' when 'ta' then 'pg_catalog.tamil'
		when 'tr' then 'pg_catalog.turkish' when 'yi' then 'pg_catalog.yiddish' else 'pg_catalog.simple' end::regconfig
$$;
