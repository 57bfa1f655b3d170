-- What PostgreSQL 15 adds.

CREATE TABLE public.fifteen (a integer, b integer REFERENCES public.parents ON DELETE SET NULL, c text,
    CONSTRAINT distinct_nulls UNIQUE NULLS NOT DISTINCT (a, c),
    CONSTRAINT partly FOREIGN KEY (c, a) REFERENCES public.parents (code, id) ON DELETE SET NULL (a));
CREATE UNIQUE INDEX one_null ON public.fifteen (b) NULLS NOT DISTINCT;
CREATE VIEW public.invoked WITH (security_invoker = true) AS SELECT a FROM public.fifteen;
