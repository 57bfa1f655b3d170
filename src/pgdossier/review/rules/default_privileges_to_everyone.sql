-- fail: rule_case_Maker
-- own database
DO $$ BEGIN IF to_regrole('"rule_case_Maker"') IS NULL THEN CREATE ROLE "rule_case_Maker"; END IF; END $$;
CREATE SCHEMA "Odd Schema";
ALTER DEFAULT PRIVILEGES FOR ROLE "rule_case_Maker" GRANT SELECT ON TABLES TO PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE "rule_case_Maker" IN SCHEMA "Odd Schema" GRANT INSERT, SELECT ON TABLES TO PUBLIC;

-- pass: what PostgreSQL itself grants, or less
-- own database
DO $$ BEGIN IF to_regrole('"rule_case_Maker"') IS NULL THEN CREATE ROLE "rule_case_Maker"; END IF; END $$;
ALTER DEFAULT PRIVILEGES FOR ROLE "rule_case_Maker" GRANT EXECUTE ON FUNCTIONS TO PUBLIC, pg_monitor;
ALTER DEFAULT PRIVILEGES FOR ROLE "rule_case_Maker" REVOKE USAGE ON TYPES FROM PUBLIC;

-- pass: granted to a role
-- own database
DO $$ BEGIN IF to_regrole('"rule_case_Maker"') IS NULL THEN CREATE ROLE "rule_case_Maker"; END IF; END $$;
ALTER DEFAULT PRIVILEGES FOR ROLE "rule_case_Maker" GRANT SELECT ON TABLES TO pg_monitor;
