"""Numbers that texts quote, and the committed results that these numbers must match."""

import json
import re
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
VERDICTS = "reproduced|partly|undecided|not reproduced|not measured"
SECTIONS = re.compile(r"\bsections? [A\d][.\d]*((,| and|, and) [A\d][.\d]*)*", re.IGNORECASE)
LINKS = re.compile(r"\]\([^)]*\)")
# No digit, letter or point may stand before a decimal number: A.1.1 and x1.5 are none.
DECIMAL = re.compile(r"(?<![\w.])-?\d+\.\d+")


def text_of(path):
    return (ROOT / path).read_text(encoding="utf-8")


def claims_of(stem):
    """The record of each claim in figures/<stem>.json; {} if it has no claims."""
    return json.loads(text_of(f"figures/{stem}.json")).get("claims", {})


def decimals(text):
    """Decimal numbers of a text as written, with a plain minus; sections and links are left out."""
    return DECIMAL.findall(SECTIONS.sub("", LINKS.sub("]", text.replace("−", "-"))))


def numbers_of(record, *, samples):
    """Numbers of a claim's record: measured numbers in both regimes, means, thresholds and, if
    asked, samples."""
    known = [*record["numbers"].values(), *record.get("beside", {}).get("numbers", {}).values()]
    known = [value for value in known if value is not None]
    for part in record["parts"].values():
        values = np.array(part["values"], float)
        known += [part["threshold"], values.mean(), *(values if samples else ())]
    return known


def not_among(written, known):
    """The written decimals that are not a known number rounded to as many digits."""

    def is_known(number):
        digits = len(number.split(".")[1])
        return any(f"{value:.{digits}f}" == number for value in known)

    return [number for number in written if not is_known(number)]
