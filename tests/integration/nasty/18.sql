-- What PostgreSQL 18 adds.

CREATE TABLE public.eighteen (
    id int4range, valid daterange, x integer CONSTRAINT "x given" NOT NULL NO INHERIT, y integer,
    later integer GENERATED ALWAYS AS (x + 1) VIRTUAL,
    CONSTRAINT over_time PRIMARY KEY (id, valid WITHOUT OVERLAPS),
    CONSTRAINT hoped CHECK (x > 0) NOT ENFORCED,
    CONSTRAINT pointing FOREIGN KEY (y) REFERENCES public.parents NOT ENFORCED);
COMMENT ON CONSTRAINT "x given" ON public.eighteen IS 'not null comment';
CREATE TABLE public.periods (ref int4range, during daterange, z integer,
    CONSTRAINT in_time FOREIGN KEY (ref, PERIOD during) REFERENCES public.eighteen (id, PERIOD valid));
ALTER TABLE public.periods ADD CONSTRAINT z_later NOT NULL z NOT VALID;
