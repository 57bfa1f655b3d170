-- What PostgreSQL 17 adds.

CREATE DOMAIN public.present AS integer CONSTRAINT "must be" NOT NULL;
