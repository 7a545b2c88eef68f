"""Who may import whom: the table of the design, read off the source."""

import ast
import subprocess
import sys

import pytest

from .rooms import PURE, ROOT, STAGES, imports_of, modules, place, room_of, rooms_imported, tree_of

# Additions to the table: the words and the post are for whoever speaks to people; proofs is also the one
# place that knows canonical bytes and digests.
_SPEAKING = {"wording", "mail", "webhooks", "calendar_days", "free_text"}
_GROUND = {"errors", "fault_points", "disk", "settings", "db", "audit", "jobs", "blobs"}
_ORGANISATIONS = {*PURE, *_GROUND, *_SPEAKING, "organisations"}
MAY_IMPORT = {
    "errors": set(),
    "fault_points": set(),
    "disk": {"errors", "fault_points"},
    "calendar_days": {"errors"},
    "free_text": {"errors"},
    "reliability": {"errors"},
    "proofs": {"errors"},
    "protocols": {"errors", "reliability"},
    "grading": {"errors", "reliability", "protocols"},
    "wording": {"errors", "reliability", "protocols", "grading"},
    "settings": {"errors"},
    "db": {"errors", "settings", "fault_points"},
    "audit": {"errors", "settings", "db", "proofs"},
    "jobs": {"errors", "fault_points", "disk", "settings", "db", "audit"},
    "mail": {"errors", "fault_points", "disk", "settings", "wording"},
    "webhooks": {"errors"},
    "blobs": {"errors", "fault_points", "disk", "settings", "db", "audit", "jobs", "proofs"},
    "organisations": _ORGANISATIONS,
    **{stage: _ORGANISATIONS | set(STAGES[:number]) for number, stage in enumerate(STAGES)},
    "operation": {*_ORGANISATIONS, *STAGES},
    "web": {*_ORGANISATIONS, *STAGES, "operation", "installation", "web"},
}
COMPOSITION = {
    "app",
    "worker",
    "cli",
    "key_commands",
    "offline_commands",
    "open_data_commands",
    "reevaluate_command",
    "server_commands",
    "settings_check",
    "settings_command",
    "shadow_command",
    "store_command",
    "store_verification",
    "backup",
    "backup_commands",
    "sending_in_pieces",
    "terminal_bar",
    "upload_command",
    "mirror_command",
    "log_mirror",
    "status_mirror",
    "installation",
    "demonstration",
    "__main__",
    "__init__",
}


def test_no_room_imports_what_it_may_not():
    wrong = []
    for path in modules():
        room = room_of(path)
        if room in COMPOSITION:
            continue
        allowed = MAY_IMPORT[room] | {room}
        wrong += [
            f"{place(path, line)}: {room} imports {imported}"
            for imported, line in rooms_imported(path)
            if imported not in allowed and not (imported == "all_models" and room == "db")
        ]
    # The one module that Alembic reads knows every table, and that is its whole purpose.
    wrong = [one for one in wrong if not one.startswith("platform/ratedparts/db/all_models.py:")]
    assert wrong == []


def test_every_room_has_a_place_in_the_table():
    assert {room_of(path) for path in modules()} == set(MAY_IMPORT) | COMPOSITION


def test_nothing_imports_a_composition_root_but_another():
    wrong = [
        f"{place(path, line)}: {imported}"
        for path in modules()
        if room_of(path) not in COMPOSITION
        for imported, line in rooms_imported(path)
        if imported in {"app", "worker", "cli", "demonstration"}
    ]
    assert wrong == []


def test_only_the_migrations_import_all_models():
    wrong = [
        place(path, line)
        for path in modules()
        for name, line in imports_of(path)
        if name.startswith("ratedparts.db.all_models")
    ]
    assert wrong == []
    assert "all_models" in (ROOT / "migrations" / "env.py").read_text(encoding="utf-8")


def test_the_pure_rooms_know_no_framework_no_clock_and_no_environment():
    banned = {"flask", "sqlalchemy", "os", "time", "random", "alembic", "obstore", "requests", "socket"}
    wrong = [
        f"{place(path, line)}: imports {name}"
        for path in modules()
        if room_of(path) in PURE
        for name, line in imports_of(path)
        if name.split(".")[0] in banned
    ]
    assert wrong == []


# The library of protocols is read from its files: the one place in the pure rooms that reads any.
READERS = {"protocols/loading.py", "protocols/protocol_files.py", "protocols/family_files.py"}


def test_the_pure_rooms_open_nothing_and_ask_no_clock():
    wrong = []
    for path in modules():
        if room_of(path) not in PURE:
            continue
        reads = path.relative_to(path.parents[1]).as_posix() in READERS
        for node in ast.walk(tree_of(path)):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in ("now", "utcnow", "today", "getenv", "seed") or (
                not reads and name in ("open", "read_text", "read_bytes", "write_text", "write_bytes")
            ):
                # A document, or a part of an archive, is opened from bytes in memory.
                if ast.unparse(node.func) in ("pikepdf.open", "archive.open"):
                    continue
                wrong.append(f"{place(path, node.lineno)}: {ast.unparse(node.func)}()")
    assert wrong == []


@pytest.mark.parametrize("room", ["reliability", "proofs", "grading"])
def test_a_pure_room_really_loads_without_the_platform_around_it(room):
    # What is loaded along with it counts, too.
    program = (
        f"import sys, ratedparts.{room}; "
        "print(*sorted({'flask', 'sqlalchemy', 'alembic'} & set(sys.modules)))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert answer.stdout.split() == []


def test_services_read_no_global_of_flask():
    wrong = [
        f"{place(path, line)}: {name}"
        for path in modules()
        if room_of(path) not in {"web", *COMPOSITION}
        for name, line in imports_of(path)
        if name.split(".")[0] in ("flask", "werkzeug", "flask_smorest", "flask_login")
    ]
    assert wrong == []


def test_nothing_connects_or_reads_the_environment_at_import():
    wrong = []
    for path in modules():
        for statement in tree_of(path).body:
            if isinstance(statement, ast.FunctionDef | ast.ClassDef):
                continue
            for node in ast.walk(statement):
                text = ast.unparse(node) if isinstance(node, ast.Attribute | ast.Name) else ""
                if text in ("os.environ", "os.getenv", "create_engine", "datetime.now"):
                    wrong.append(f"{place(path, node.lineno)}: {text}")
    assert wrong == []


def test_every_foreign_key_is_named_by_its_table():
    wrong = []
    for path in modules():
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("ForeignKey"):
                target = node.args[0]
                if not (isinstance(target, ast.Constant) and isinstance(target.value, str)):
                    wrong.append(place(path, node.lineno))
    assert wrong == []


def test_only_models_declare_tables():
    wrong = [
        place(path, node.lineno)
        for path in modules()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ClassDef)
        and "__tablename__" in ast.unparse(node)
        and path.name != "models.py"
    ]
    assert wrong == []
