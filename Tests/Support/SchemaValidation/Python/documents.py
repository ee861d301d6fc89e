"""Validates every .json file of a folder by the schema that it names: documents.py SCHEMAS FOLDER [--complete].

Prints a line `name<TAB>verdict` for each; the verdict is `good`, or `bad: ` and why. With --complete, a file that lacks a
key of its schema is bad, too; a key of a shared definition may be in any place where the definition is used.
"""

import json
import pathlib
import sys

from jsonschema import Draft202012Validator


def keys(schema, node, instance, place):
    """All keys that the schema names below `place`, each with whether the instance has it."""
    if "$ref" in node:
        place = node["$ref"]
        node = schema["$defs"][place.removeprefix("#/$defs/")]
    if node.get("type") == "array":
        for item in instance if isinstance(instance, list) and instance else [None]:
            yield from keys(schema, node.get("items", {}), item, f"{place}[]")
    for key, value in node.get("properties", {}).items():
        present = isinstance(instance, dict) and key in instance
        yield f"{place}.{key}", present
        yield from keys(schema, value, instance[key] if present else None, f"{place}.{key}")


def substitute(key):
    """The key that may stand in place of another: bits for formats that they tell, else names."""
    for bits, names in ((".bits", ".format"), ("_bits", "_format"), ("_bits", "_formats")):
        if key.endswith(names):
            return key.removesuffix(names) + bits
    return None


def verdict(schemas, path, must_be_complete):
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as problem:
        return f"bad: {problem}"
    if not isinstance(document, dict) or not isinstance(document.get("schema"), str):
        return "bad: it does not name its schema"
    family, _, version = document["schema"].partition("/")
    file = schemas / f"{family}-{version.split('.')[0]}.json"
    if not file.is_file():
        return f"bad: there is no schema {file.name}"
    schema = json.loads(file.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    error = next(Draft202012Validator(schema).iter_errors(document), None)
    if error is not None:
        return f"bad: {error.json_path}: {error.message}"
    if must_be_complete:
        found = {}
        for key, present in keys(schema, schema, document, "$"):
            found[key] = found.get(key, False) or present
        missing = [key for key, present in found.items() if not present and not found.get(substitute(key))]
        if missing:
            return f"bad: it lacks {', '.join(missing)}"
    return "good"


schemas, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
for path in sorted(folder.glob("*.json")):
    print(path.stem, " ".join(verdict(schemas, path, "--complete" in sys.argv[3:]).split()), sep="\t")
