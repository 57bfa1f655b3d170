"""What users program the server with, beside types and routines: its objects, and the statements for each."""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.ddl.casts import create_cast, create_transform
from pgdossier.ddl.collations import create_collation, create_conversion
from pgdossier.ddl.languages import create_language
from pgdossier.ddl.operators import (
    create_access_method,
    create_operator,
    create_operator_class,
    create_operator_family,
)
from pgdossier.model.casts import Cast, Transform
from pgdossier.model.collations import Collation, Conversion
from pgdossier.model.dependencies import ObjectKind, ObjectName
from pgdossier.model.languages import Language
from pgdossier.model.operators import AccessMethod, Operator, OperatorClass, OperatorFamily
from pgdossier.model.snapshot import Structure

Programmed = (
    AccessMethod
    | Cast
    | Collation
    | Conversion
    | Language
    | Operator
    | OperatorClass
    | OperatorFamily
    | Transform
)


def programming_objects(structure: Structure) -> dict[ObjectName, Programmed]:
    """All of it by its name in a plan."""
    return dict(_named(structure))


def _named(structure: Structure) -> Iterator[tuple[ObjectName, Programmed]]:
    for language in structure.languages:
        yield ObjectName(ObjectKind.LANGUAGE, "", language.name), language
    for collation in structure.collations:
        yield ObjectName(ObjectKind.COLLATION, collation.schema, collation.name), collation
    for conversion in structure.conversions:
        yield ObjectName(ObjectKind.CONVERSION, conversion.schema, conversion.name), conversion
    for cast in structure.casts:
        yield ObjectName(ObjectKind.CAST, "", cast.source, cast.target), cast
    for transform in structure.transforms:
        yield ObjectName(ObjectKind.TRANSFORM, "", transform.type, transform.language), transform
    for method in structure.access_methods:
        yield ObjectName(ObjectKind.ACCESS_METHOD, "", method.name), method
    for operator in structure.operators:
        yield ObjectName(ObjectKind.OPERATOR, operator.schema, operator.name, operator.arguments), operator
    for family in structure.operator_families:
        yield ObjectName(ObjectKind.OPERATOR_FAMILY, family.schema, family.name, family.method), family
    for found in structure.operator_classes:
        yield ObjectName(ObjectKind.OPERATOR_CLASS, found.schema, found.name, found.method), found


def create_programmed(found: Programmed, *, members: bool = True) -> list[str]:
    """The statements for one object; `members`: whether a family's loose members are wanted with it."""
    match found:
        case Operator():
            return create_operator(found)
        case OperatorClass():
            return create_operator_class(found)
        case OperatorFamily():
            return create_operator_family(found, members=members)
        case AccessMethod():
            return create_access_method(found)
        case _:
            return _create_other(found)


def _create_other(found: Cast | Collation | Conversion | Language | Transform) -> list[str]:
    match found:
        case Cast():
            return create_cast(found)
        case Collation():
            return create_collation(found)
        case Conversion():
            return create_conversion(found)
        case Language():
            return create_language(found)
        case Transform():
            return create_transform(found)
