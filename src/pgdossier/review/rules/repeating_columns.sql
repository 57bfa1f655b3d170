-- fail: people.phone1; people.Item 1 Id
CREATE TABLE people (id int PRIMARY KEY, phone1 text, phone2 text, "Item 1 Id" int, "Item 2 Id" int, "Item 3 Id" int);

-- pass: address lines, coordinates, and numbers that are no positions
CREATE TABLE places (
    id int PRIMARY KEY, address_line_1 text, address_line_2 text, address1 text, address2 text,
    x1 int, x2 int, sha1 text, sha256 text, ipv4 inet, ipv6 inet, address3 text
);

-- pass: columns of different types are no list
CREATE TABLE mixed (id int PRIMARY KEY, field1 text, field2 int);

-- pass: a single number is no list
CREATE TABLE codes (id int PRIMARY KEY, iso2 text, md5 text, level1 text);
