"""Validates every .json file of a folder: validate.py SCHEMA FOLDER prints a line `name<TAB>verdict` for each.

The verdict is `good`, or `bad: ` and why.
"""

import json
import pathlib
import sys

from jsonschema import Draft202012Validator

schema = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
Draft202012Validator.check_schema(schema)
validator = Draft202012Validator(schema)
for path in sorted(pathlib.Path(sys.argv[2]).glob("*.json")):
    try:
        error = next(validator.iter_errors(json.loads(path.read_text(encoding="utf-8"))), None)
        verdict = "good" if error is None else f"bad: {error.json_path}: {error.message}"
    except json.JSONDecodeError as problem:
        verdict = f"bad: {problem}"
    print(path.stem, " ".join(verdict.split()), sep="\t")
