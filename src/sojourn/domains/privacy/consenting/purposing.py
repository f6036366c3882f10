"""Verbs of purposes: make, change and retire them, publish what customers are shown."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Final

from django.db import router, transaction
from django.db.models import Max

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.privacy import rules
from sojourn.domains.privacy.contracts import PURPOSE_NAME
from sojourn.domains.privacy.models import ConsentEpoch, NoticeRow, PurposeRow
from sojourn.domains.privacy.words.consent import Basis, Notice, NoticeText, PurposeTerms
from sojourn.kit.errors import ConflictError, InvalidError, NotFoundError

TITLE_MAX_CHARACTERS: Final = 100
NOTICE_TITLE_MAX: Final = 200
NOTICE_TEXT_MAX: Final = 5_000
CATEGORIES_MAX: Final = 20
CATEGORY_MAX: Final = 100  # characters
MONTHS_MAX: Final = 120
TCF_PURPOSES: Final = range(1, 12)
LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[a-zA-Z0-9]{2,8})?")
REFUSABLE: Final = (Basis.OPT_IN, Basis.OPT_OUT)


class NoBitError(ConflictError):
    """All bits of own purposes are given; a retired purpose keeps its own, because stored events bear it."""

    code = "no_purpose_left"


def save_purpose(
    *,
    name: str,
    title: str,
    basis: Basis,
    viewer: Viewer,
    expires_months: int | None = None,
    refused_by_signal: bool = False,
    categories: tuple[str, ...] = (),
    tcf: tuple[int, ...] = (),
    right: str = "",
    is_active: bool = True,
) -> PurposeTerms:
    """Make a purpose, or change one that is there; audited.

    A purpose keeps its name and its kind: customers can refuse it or they cannot. A new expiry counts for grants from
    now on. Raise ForbiddenError, InvalidError, ConflictError (built-in ones stay) and NoBitError.
    """
    viewer.require(Right.PURPOSES_MANAGE)
    _check(name, title, basis, expires_months, categories, tcf, right)
    with transaction.atomic(using=router.db_for_write(PurposeRow)):
        row = PurposeRow.objects.filter(pk=name).first()
        if row is None:
            row = PurposeRow(name=name, bit=_fresh_bit() if basis in REFUSABLE else None)
        elif (Basis(row.basis) in REFUSABLE) != (basis in REFUSABLE):
            raise ConflictError("basis: a purpose that customers can refuse stays one; make another for other reasons.")
        elif row.is_built_in and not is_active:
            raise ConflictError("A built-in purpose cannot be retired; nobody has to read for it.")
        row.title, row.basis, row.is_active, row.right = title.strip(), basis.value, is_active, right
        row.expires_months, row.refused_by_signal = expires_months, refused_by_signal
        row.categories, row.tcf = sorted({each.strip().lower() for each in categories}), sorted(set(tcf))
        row.save()
        _changed()
        access.audit(viewer=viewer, what="purpose.save", on=f"purpose:{name}", basis=basis.value, active=str(is_active))
    return row.contract()


def publish_notice(
    *, purpose: str, texts: Mapping[str, NoticeText], opens_earlier: bool = False, viewer: Viewer
) -> tuple[Notice, ...]:
    """Publish the next version of a purpose's notice in all its languages; audited.

    `opens_earlier` says that the text tells customers that a grant covers what was collected before. Raise
    ForbiddenError, NotFoundError and InvalidError.
    """
    viewer.require(Right.PURPOSES_MANAGE)
    if not PurposeRow.objects.filter(pk=purpose).exists():
        raise NotFoundError(f"There is no purpose {purpose}.")
    _check_texts(texts)
    with transaction.atomic(using=router.db_for_write(NoticeRow)):
        _changed()
        version = (NoticeRow.objects.filter(purpose=purpose).aggregate(Max("version"))["version__max"] or 0) + 1
        rows = NoticeRow.objects.bulk_create(
            NoticeRow(
                purpose=purpose,
                version=version,
                language=language,
                title=each.title.strip(),
                text=each.text.strip(),
                opens_earlier=opens_earlier,
                published_us=time.time_ns() // 1_000,
            )
            for language, each in sorted(texts.items())
        )
        access.audit(viewer=viewer, what="purpose.notice", on=f"purpose:{purpose}", version=str(version))
    return tuple(each.contract() for each in rows)


def _fresh_bit() -> int:
    bit = rules.free_bit(each for each in PurposeRow.objects.values_list("bit", flat=True) if each is not None)
    if bit is None:
        raise NoBitError(f"There are {rules.OWN_MAX} purposes of your own already, retired ones counted: no more fit.")
    return bit


def _changed() -> None:
    ConsentEpoch.objects.get_or_create(pk=1)
    ConsentEpoch.objects.filter(pk=1).update(purposes=time.time_ns())


def _check(
    name: str,
    title: str,
    basis: Basis,
    expires_months: int | None,
    categories: tuple[str, ...],
    tcf: tuple[int, ...],
    right: str,
) -> None:
    if not PURPOSE_NAME.fullmatch(name):
        raise InvalidError("name: 2 to 32 small letters, digits and _, a letter first, such as partner_offers.")
    if not 1 <= len(title.strip()) <= TITLE_MAX_CHARACTERS:
        raise InvalidError(f"title: give 1 to {TITLE_MAX_CHARACTERS} characters.")
    if expires_months is not None and not 1 <= expires_months <= MONTHS_MAX:
        raise InvalidError(f"expires_months: 1 to {MONTHS_MAX}, or nothing for never.")
    if len(categories) > CATEGORIES_MAX or any(not 1 <= len(each.strip()) <= CATEGORY_MAX for each in categories):
        raise InvalidError(f"categories: at most {CATEGORIES_MAX} names of categories of consent banners.")
    if any(each not in TCF_PURPOSES for each in tcf):
        raise InvalidError("tcf: purposes of the TCF are numbered 1 to 11.")
    if basis in REFUSABLE and right:
        raise InvalidError("right: only purposes under contract or legal duty are bound to one.")
    if basis not in REFUSABLE and right not in {each.value for each in Right}:
        raise InvalidError("right: name the right that whoever reads for this purpose needs, such as customers.read.")


def _check_texts(texts: Mapping[str, NoticeText]) -> None:
    if not texts:
        raise InvalidError("texts: give the notice in at least one language.")
    for language, each in texts.items():
        if not LANGUAGE.fullmatch(language):
            raise InvalidError(f"texts: {language[:20]!r} is not a language code such as en or pt-BR.")
        if not 1 <= len(each.title.strip()) <= NOTICE_TITLE_MAX:
            raise InvalidError(f"texts.{language}.title: give 1 to {NOTICE_TITLE_MAX} characters.")
        if not 1 <= len(each.text.strip()) <= NOTICE_TEXT_MAX:
            raise InvalidError(f"texts.{language}.text: give 1 to {NOTICE_TEXT_MAX} characters.")
