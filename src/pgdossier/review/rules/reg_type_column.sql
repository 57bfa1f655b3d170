-- fail: jobs.Proc; jobs.configs
CREATE TABLE jobs (id int PRIMARY KEY, "Proc" regproc, configs regconfig[]);

-- pass: these are kept by pg_upgrade
CREATE TABLE jobs (id int PRIMARY KEY, tab regclass, typ regtype, rol regrole);

-- pass: the name as text can be kept
CREATE TABLE jobs (id int PRIMARY KEY, proc text);
