-- fail: everything
-- with: thresholds.god_table_columns = 6
CREATE TABLE everything (id int PRIMARY KEY, ship_name text, ship_street text, ship_city text, ship_zip text, n int);

-- fail: wide
SELECT format('CREATE TABLE wide (%s)', string_agg(format('c%s int', n), ', ')) FROM generate_series(1, 50) AS n \gexec

-- pass: 49 columns are many, but below the threshold
SELECT format('CREATE TABLE wide (%s)', string_agg(format('c%s int', n), ', ')) FROM generate_series(1, 49) AS n \gexec

-- pass: views may be as wide as they like
-- with: thresholds.god_table_columns = 3
CREATE TABLE one (id int, a int);
CREATE TABLE two (id int, b int);
CREATE VIEW joined AS SELECT one.id, a, b FROM one JOIN two USING (id);
