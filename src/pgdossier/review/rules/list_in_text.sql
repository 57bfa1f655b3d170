-- fail: posts.tag_ids; posts.recipientList
CREATE TABLE posts (id int PRIMARY KEY, tag_ids text, "recipientList" varchar(200));

-- pass: an array or a JSON document is a list that the database knows
CREATE TABLE posts (id int PRIMARY KEY, tag_ids int[], tags jsonb, emails text[]);

-- pass: a list's name is no list
CREATE TABLE lists (list text PRIMARY KEY, list_name text);
