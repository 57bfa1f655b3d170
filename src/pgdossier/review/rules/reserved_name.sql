-- fail: order; lines.end; lines.desc
CREATE TABLE "order" (id int PRIMARY KEY);
CREATE TABLE lines (id int PRIMARY KEY, "end" date, "desc" text);

-- pass: words that stand without quotes
CREATE TABLE position (id int PRIMARY KEY, name text, value text, date date, time time, type text, text text, key text, status text, level int);

-- pass: reserved words in another case, or as parts of names
CREATE TABLE order_lines (id int PRIMARY KEY, "Order" int, end_date date);

-- pass: a partition, which nobody has to write
CREATE TABLE lines (id int) PARTITION BY RANGE (id);
CREATE TABLE "default" PARTITION OF lines DEFAULT;
