-- fail: Pay(amount integer); stamp()
CREATE FUNCTION "Pay"(amount int) RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN RETURN new; END';

-- pass: an ordinary role owns it
DO $$ BEGIN IF to_regrole('rule_case_owner') IS NULL THEN CREATE ROLE rule_case_owner; END IF; END $$;
CREATE FUNCTION pay() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
ALTER FUNCTION pay() OWNER TO rule_case_owner;

-- pass: it runs with the caller's rights, or is called by an event trigger
CREATE FUNCTION pay() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION note() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN END';
