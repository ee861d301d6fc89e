"""This package as one file, to copy beside a program."""
import ast
from pathlib import Path

HEADER = '''"""haq_evaluator {version} in one file, made by: python3 -m haq_evaluator one-file -o {name}

    import haq_evaluator
    haq_evaluator.serve(model, train_loader, validation_loader, test_loader)
"""
'''
# What a program imports; the command line stays in the package.
PUBLIC = ("serving", "evaluator", "options", "parallel")


def imported(tree: ast.Module) -> list[str]:
    """The modules of this package that a module reads."""
    return [node.module for node in tree.body if isinstance(node, ast.ImportFrom) and node.level == 1]


def defined(tree: ast.Module) -> set[str]:
    """The names that a module makes at its top level."""
    names = set()
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {part.id for target in node.targets for part in ast.walk(target) if isinstance(part, ast.Name)}
    return names


def without_own_imports(source: str, tree: ast.Module) -> str:
    """A module's text without its first string and its imports from this package."""
    lines = source.splitlines()
    for node in tree.body:
        first_string = node is tree.body[0] and isinstance(node, ast.Expr)
        if first_string or isinstance(node, ast.ImportFrom) and node.level == 1:
            lines[node.lineno - 1:node.end_lineno] = [None] * (node.end_lineno - node.lineno + 1)
    return "\n".join(line for line in lines if line is not None).strip() + "\n"


def one_file(name: str, version: str) -> str:
    """The text of a module that has what this package has; modules come after those that they read."""
    folder, order, names = Path(__file__).parent, {}, {}

    def add(module: str):
        if module in order:
            return
        source = (folder / f"{module}.py").read_text(encoding="utf-8")
        tree = ast.parse(source)
        for other in imported(tree):
            add(other)
        for defined_name in defined(tree):
            if defined_name in names:
                raise ValueError(f"{module} and {names[defined_name]} both define {defined_name}")
            names[defined_name] = module
        order[module] = without_own_imports(source, tree)

    for module in PUBLIC:
        add(module)
    parts = [f"\n# {module}\n{text}" for module, text in order.items()]
    return HEADER.format(version=version, name=name) + "\n".join(parts)
