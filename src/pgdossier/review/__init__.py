"""The design review: rules that look at an analysed snapshot and say what they found, with evidence."""

from pgdossier.review.profile import Acceptance, Profile
from pgdossier.review.registry import all_rules
from pgdossier.review.reviewing import Finding, Review, review
from pgdossier.review.rule import Severity

__all__ = ["Acceptance", "Finding", "Profile", "Review", "Severity", "all_rules", "review"]
