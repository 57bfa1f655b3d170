"""Columns that likely hold sensitive data: names in many languages, and everything else that says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest

from pgdossier.analysis import analyse
from pgdossier.analysis.sensitive import Basis, Judged, Judgement, Sensitive, SensitiveColumn
from pgdossier.analysis.sensitive_names import Category, Confidence
from pgdossier.config import SensitiveCategory, load
from pgdossier.errors import ConfigurationError
from pgdossier.model.dependencies import Dependency, ObjectKind, ObjectName, Part
from pgdossier.model.names import RoutineName
from pgdossier.model.privileges import Grant
from pgdossier.model.relations import Relation
from pgdossier.model.routines import Routine, RoutineKind
from pgdossier.model.schemas import Schema
from pgdossier.model.security_labels import SecurityLabel
from pgdossier.model.triggers import Event, Level, Timing, Trigger
from pgdossier.model.types import Domain, DomainCheck
from pgdossier.render import sensitive as said
from tests.support.builders import column, name, snapshot, table, view


def _found(*relations: Relation, judgements: tuple[Judgement, ...] = (), **fields: Any) -> Sensitive:
    return analyse(snapshot(*relations, **fields), judgements=judgements).sensitive


def _one(relation: Relation, **fields: Any) -> SensitiveColumn | None:
    """The finding on the last column."""
    return _found(relation, **fields).by_column.get((relation.qualified, relation.columns[-1].name))


@pytest.mark.parametrize(
    ("name_of_column", "category"),
    [
        ("password_hash", Category.CREDENTIAL),
        ("ApiKey", Category.CREDENTIAL),
        ("clientSecret", Category.CREDENTIAL),
        ("resetPasswordToken", Category.CREDENTIAL),
        ("cvv", Category.FINANCIAL),
        ("kreditkartennummer", Category.FINANCIAL),
        ("IBAN", Category.FINANCIAL),
        ("ssn", Category.GOVERNMENT_ID),
        ("personnummer", Category.GOVERNMENT_ID),
        ("numero_securite_sociale", Category.GOVERNMENT_ID),
        ("codiceFiscale", Category.GOVERNMENT_ID),
        ("PESEL", Category.GOVERNMENT_ID),
        ("burgerservicenummer", Category.GOVERNMENT_ID),
        ("cpf", Category.GOVERNMENT_ID),
        ("shenfenzhenghao", Category.GOVERNMENT_ID),
        ("身份证号", Category.GOVERNMENT_ID),
        ("so_cccd", Category.GOVERNMENT_ID),
        ("diagnosis_code", Category.HEALTH),
        ("blutgruppe", Category.HEALTH),
        ("grupo_sanguíneo", Category.HEALTH),
        ("fingerprint_template", Category.BIOMETRIC),
        ("religious_beliefs", Category.SPECIAL),
        ("konfession", Category.SPECIAL),
        ("firstName", Category.PERSONAL),
        ("FIRSTNAME", Category.PERSONAL),
        ("prénom", Category.PERSONAL),
        ("nazwisko", Category.PERSONAL),
        ("họ_tên", Category.PERSONAL),
        ("kundenname", Category.PERSONAL),
        ("客户姓名", Category.PERSONAL),
        ("förnamn", Category.PERSONAL),
        ("apellido_paterno", Category.PERSONAL),
        ("EMailAddress", Category.CONTACT),
        ("correo_electronico_cliente", Category.CONTACT),
        ("telefonnummer_privat", Category.CONTACT),
        ("denwa_bangou", Category.CONTACT),
        ("電話番号", Category.CONTACT),
        ("billing_address", Category.CONTACT),
        ("ip_address", Category.ONLINE),
        ("user agent", Category.ONLINE),
    ],
)
def test_names_in_many_languages_and_spellings(name_of_column: str, category: Category) -> None:
    """A name says what its column holds in a table about anything."""
    found = _one(table("things", f'"{name_of_column}" text'))
    assert found is not None
    assert (found.category, found.basis) == (category, Basis.NAME)


@pytest.mark.parametrize(
    "text",
    [
        "email_sent_count integer",
        "email_verified boolean",
        "email_template text",
        "password_changed_at timestamp with time zone",
        "has_password boolean",
        "password_policy text",
        "token_count integer",
        "token_type text",
        "total_tokens bigint",
        "secret_name text",
        "public_key text",
        "sort_key text",
        "phone_country_code text",
        "address_id bigint",
        "card_brand text",
        "host_name text",
        "file_name text",
        "name text",
        "latitude numeric",
        "passenger_count integer",
        "sexagesimal text",
        "ipsum text",
        "mailbox_size bigint",
        "phonetic text",
        "tokenizer text",
        "compass text",
        "diagnostics_enabled boolean",
        "session_id integer",
        "race_id integer",
        "image text",
    ],
)
def test_names_that_only_look_like_it(text: str) -> None:
    """Counts, flags, moments, references and words with a term inside them are not listed."""
    assert _one(table("things", text)) is None


@pytest.mark.parametrize(
    ("table_name", "text", "confidence"),
    [
        ("customers", "name text", Confidence.MEDIUM),
        ("products", "name text", None),
        ("user_roles", "name text", None),
        ("kunden", "name text", Confidence.MEDIUM),
        ("customers", "address text", Confidence.HIGH),
        ("warehouses", "address text", None),
        ("drivers", "latitude numeric", Confidence.HIGH),
        ("users_token", "key text", Confidence.MEDIUM),
        ("settings", "key text", None),
        ("sessions", "session_id text", Confidence.MEDIUM),
        ("legacy_map", "session_id text", None),
        ("logins", "seen_from inet", Confidence.MEDIUM),
        ("network_prefixes", "seen_from inet", None),
        ("orders", "created_by text", Confidence.LOW),
    ],
)
def test_the_table_tells_what_a_name_means(table_name: str, text: str, confidence: Confidence | None) -> None:
    """The same name counts in a table about persons or secrets and not in one about things."""
    found = _one(table(table_name, text))
    assert (found.confidence if found else None) == confidence


def test_foreign_keys_are_not_listed_for_what_they_point_to() -> None:
    """A reference by e-mail address is told with the table that it points to."""
    users = table("users", "email text", pk="email")
    orders = table("orders", "email text", fks=["email -> users(email)"])
    assert [(one.relation, one.column) for one in _found(users, orders).columns] == [(name("users"), "email")]


def test_addresses_that_persons_have() -> None:
    """A table of addresses that customers point to is as good as the customers' own columns."""
    customers = table("customers", "id int", "address_id int", pk="id", fks=["address_id -> addresses"])
    addresses = table("addresses", "id int", "street text", "city text", pk="id")
    found = {one.column: one.confidence for one in _found(customers, addresses).columns}
    assert found == {"street": Confidence.HIGH, "city": Confidence.MEDIUM}


@pytest.mark.parametrize(
    ("comment", "category"),
    [
        ("Remarks. @pii", Category.PERSONAL),
        ("Contains personal data of visitors", Category.PERSONAL),
        ("Enthält personenbezogene Daten", Category.PERSONAL),
        ("données à caractère personnel", Category.PERSONAL),
        ("@phi", Category.HEALTH),
        ("PCI DSS scope", Category.FINANCIAL),
        ("pii: false", None),
        ("no personal data", None),
        ("ohne personenbezogene Daten", None),
        ("the pipeline", None),
    ],
)
def test_tags_in_comments(comment: str, category: Category | None) -> None:
    """A tag or the words for personal data in a comment count, unless they are denied."""
    found = _one(table("things", column("remarks text", comment=comment)))
    assert (found.category if found else None) == category


def test_a_comment_can_clear_a_column() -> None:
    """Who says that there is no personal data in it is believed, and quoted."""
    found = _found(table("things", column("email text", comment="Of departments: no personal data.")))
    assert not found.columns
    assert found.cleared == ((name("things"), "email", "its comment says that it holds none"),)


def test_the_comment_on_a_moment_tells_when() -> None:
    """When personal data were erased is no personal data."""
    moment = column("erased_at timestamp with time zone", comment="When the personal data were removed.")
    assert _one(table("users", moment)) is None


def test_security_labels() -> None:
    """A column that is masked is listed, and so is that it is masked."""
    relation = table("things", "remarks text", "email text")
    labels = (
        SecurityLabel(
            object="COLUMN public.things.remarks", provider="anon", label="MASKED WITH VALUE 'CONFIDENTIAL'"
        ),
        SecurityLabel(
            object="COLUMN public.things.email",
            provider="anon",
            label="MASKED WITH FUNCTION anon.fake_email()",
        ),
    )
    found = _found(relation, security_labels=labels)
    assert [(one.column, one.category, one.basis) for one in found.columns] == [
        ("remarks", Category.PERSONAL, Basis.LABEL),
        ("email", Category.CONTACT, Basis.LABEL),
    ]


@pytest.mark.parametrize(
    ("domain_name", "expression", "expected"),
    [
        ("email_address", "VALUE <> ''::text", (Category.CONTACT, Basis.DOMAIN)),
        ("short", "VALUE ~ '^[^@ ]+@[^@ ]+$'::text", (Category.CONTACT, Basis.CHECK)),
        ("short", "VALUE ~ '^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$'::text", (Category.FINANCIAL, Basis.CHECK)),
        ("short", "VALUE ~ '^\\+[1-9][0-9]{6,14}$'::text", (Category.CONTACT, Basis.CHECK)),
        ("short", "VALUE ~ '^\\d{3}-\\d{2}-\\d{4}$'::text", (Category.GOVERNMENT_ID, Basis.CHECK)),
        ("short", "VALUE ~ '^[a-z]+$'::text", None),
    ],
)
def test_domains(domain_name: str, expression: str, expected: tuple[Category, Basis] | None) -> None:
    """A domain says by its name or by its pattern what its columns hold."""
    domain = Domain(
        schema="public",
        name=domain_name,
        owner="owner",
        base_type="text",
        checks=(DomainCheck(name="c", expression=expression, definition=f"CHECK ({expression})"),),
    )
    relation = table("things", column(f"x public.{domain_name}", type_name=name(domain_name)))
    found = _one(relation, domains=(domain,))
    assert ((found.category, found.basis) if found else None) == expected


def test_views_show_what_they_read() -> None:
    """A column of a view is what the column of that name is in a table that it reads."""
    shown = view("listing", "remarks text", "other text")
    relation = table("things", column("remarks text", comment="@pii"))
    edge = Dependency(
        dependent=ObjectName(ObjectKind.RELATION, "public", "listing"),
        part=Part.DEFINITION,
        referenced=ObjectName(ObjectKind.RELATION, "public", "things"),
    )
    found = _found(shown, relation, dependencies=(edge,))
    assert [(one.relation.name, one.column, one.basis) for one in found.columns] == [
        ("listing", "remarks", Basis.VIEW),
        ("things", "remarks", Basis.COMMENT),
    ]


def test_copies_of_rows() -> None:
    """The JSON column that a trigger writes rows of customers into holds what the rows hold."""
    log = table("changes", "id int", "old_row jsonb", "settings jsonb")
    function = Routine(
        schema="public",
        name="note",
        kind=RoutineKind.FUNCTION,
        owner="owner",
        language="plpgsql",
        result="trigger",
        definition="CREATE FUNCTION public.note() RETURNS trigger LANGUAGE plpgsql\nAS $function$\n"
        "BEGIN INSERT INTO public.changes (old_row) VALUES (to_jsonb(OLD)); RETURN NULL; END\n$function$\n",
    )
    trigger = Trigger(
        name="noting",
        timing=Timing.AFTER,
        events=(Event.UPDATE,),
        level=Level.ROW,
        function=RoutineName("public", "note", ""),
        definition="CREATE TRIGGER noting …",
    )
    customers = table("customers", "email text", triggers=(trigger,))
    found = _found(log, customers, routines=(function,))
    copies = [one for one in found.columns if one.basis is Basis.COPY]
    assert [(one.relation.name, one.column, one.detail) for one in copies] == [
        ("changes", "old_row", "public.customers")
    ]


def test_the_project_has_the_last_word() -> None:
    """It adds a column, clears another, and is told of a pattern that fits nothing."""
    relation = table("sales.leads", "remarks text", "email text")
    found = _found(
        relation,
        judgements=(
            Judgement(column="sales.*.remarks", category="personal", reason="names people"),
            Judgement(column="*.email", category="none", reason="of departments"),
            Judgement(column="sales.absent.x", category="health", reason="?"),
        ),
    )
    assert [(one.column, one.category, one.basis, one.detail) for one in found.columns] == [
        ("remarks", Category.PERSONAL, Basis.PROJECT, "names people")
    ]
    assert found.cleared == ((name("sales.leads"), "email", "cleared by the project: of departments"),)
    assert found.problems == ("the column pattern sales.absent.x of [[sensitive]] fits no column",)


def test_configuration(tmp_path: Path) -> None:
    """The tables `[[sensitive]]` are read, with the categories that the analysis knows."""
    file = tmp_path / "pgdossier.toml"
    file.write_text(
        '[[sensitive]]\ncolumn = "a.b.c"\ncategory = "health"\nreason = "why"\n', encoding="utf-8"
    )
    (one,) = load(file=file, environ={}).sensitive
    assert (one.column, one.category, one.reason) == ("a.b.c", "health", "why")
    file.write_text(
        '[[sensitive]]\ncolumn = "a.b.c"\ncategory = "secret"\nreason = "why"\n', encoding="utf-8"
    )
    with pytest.raises(ConfigurationError, match="sensitive must be tables"):
        load(file=file, environ={})
    assert get_args(SensitiveCategory) == get_args(Judged) == (*map(str, Category), "none")


def test_every_role_can_read_it() -> None:
    """PUBLIC only reads what it may read in a schema that it may use."""
    grant = Grant(grantee=None, privilege="SELECT", grantor="owner")
    relation = table("s.users", "email text", grants=(grant,))
    usage = Grant(grantee=None, privilege="USAGE", grantor="owner")
    for schema, public in (
        (Schema(name="s", owner="owner"), False),
        (Schema(name="s", owner="owner", grants=(usage,)), True),
    ):
        analysis = analyse(snapshot(relation, schemas=[schema]))
        (found,) = analysis.sensitive.columns
        assert said.is_public(found, analysis) is public


def test_every_category_has_a_title() -> None:
    """No category is left out of the document."""
    assert set(said.TITLES) == set(Category)


def test_labels_are_found_by_the_name_that_the_server_prints() -> None:
    """Names with capitals and dots are quoted in labels."""
    relation = table('s.A "b"', "x.Y text")
    label = SecurityLabel(
        object='COLUMN s."A ""b"""."x.Y"',
        provider="anon",
        label="MASKED WITH VALUE NULL",
    )
    (found,) = _found(relation, security_labels=(label,)).columns
    assert found.column == "x.Y"
