"""The examples of docs/examples say what the program understands: its variables, its commands, no others."""

from __future__ import annotations

import configparser
import re
import shlex
from pathlib import Path

import pytest
import yaml

from ratedparts.cli import command_parser
from ratedparts.settings import KNOWN_VARIABLES, Environment, Settings

from .rooms import ROOT

EXAMPLES = ROOT / "docs" / "examples"
UNITS = sorted(EXAMPLES.glob("*.service"))
ENVIRONMENT = EXAMPLES / "ratedparts.env"
_LINE = re.compile(r"(#?)([A-Z][A-Z0-9_]*)=(.*)")
COMMANDS = {"serve", "worker"}


def _variables(*, commented: bool) -> dict[str, str]:
    """Name → value of the example's lines, those that are commented out or the others."""
    found = {}
    for line in ENVIRONMENT.read_text("utf-8").splitlines():
        match = _LINE.fullmatch(line)
        if match is not None and bool(match[1]) == commented:
            assert match[2] not in found, match[2]
            found[match[2]] = match[3]
        else:
            assert match or not line or line.startswith("# "), line
    return found


def _understood(command: list[str]) -> str:
    """The command's name; ends the test where the command line would refuse it."""
    program, *arguments = command
    assert Path(program).name == "ratedparts"
    command_parser().parse_args(arguments)
    return arguments[0]


def _parsed_unit(path: Path) -> configparser.ConfigParser:
    unit = configparser.ConfigParser(interpolation=None, delimiters=("=",), comment_prefixes=("#",))
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(path.read_text("utf-8"))
    return unit


def test_the_environment_names_every_variable_once_and_no_other():
    set_, left_out = _variables(commented=False), _variables(commented=True)
    assert not set(set_) & set(left_out)
    assert set(set_) | set(left_out) == KNOWN_VARIABLES


def test_the_environment_is_one_that_production_serves_with(tmp_path):
    environ = _variables(commented=False)
    for name in ("PKCS11_MODULE", "PKCS11_PIN_FILE", "DOCUMENT_CERTIFICATES"):
        (tmp_path / name).write_text("1", "utf-8")
        environ[name] = str(tmp_path / name)
    assert Settings.read_to_serve(environ).environment is Environment.PRODUCTION
    left_out = _variables(commented=True)
    del left_out["PKCS11_PIN"]  # it stands in a file
    assert Settings.read_to_serve({**environ, **left_out}).rate_limits.shared


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_a_unit_starts_what_the_command_line_understands(path):
    service = _parsed_unit(path)["Service"]
    assert _understood(shlex.split(service["ExecStart"])) in path.stem
    assert Path(service["EnvironmentFile"]).name == ENVIRONMENT.name
    # Where it writes is where it may write, and nothing else is.
    assert f"/var/lib/{service['StateDirectory']}" == _variables(commented=False)["RATEDPARTS_VAR"]
    assert service["ProtectSystem"] == "strict"
    assert service["RestartPreventExitStatus"] == "2", "the exit status of settings that are refused"
    for name, value in service.items():
        if name == "Environment":
            assert {one.partition("=")[0] for one in shlex.split(value)} <= KNOWN_VARIABLES


def test_there_is_a_unit_for_each():
    assert {_parsed_unit(path)["Service"]["ExecStart"].split()[-1] for path in UNITS} == COMMANDS


def test_the_composition_is_of_what_the_program_understands():
    composed = yaml.safe_load((EXAMPLES / "compose.yaml").read_text("utf-8"))
    services = composed["services"]
    ours = {name: one for name, one in services.items() if one["image"] == "ratedparts"}
    assert {_understood(one["command"]) for one in ours.values()} == COMMANDS
    assert ours["worker"]["deploy"]["replicas"] == 2
    for name, one in services.items():
        assert set(one.get("depends_on", ())) <= set(services), name
        for volume in one["volumes"]:
            assert volume.partition(":")[0] in composed["volumes"], name
    # What lies on the disk is shared, and they speak to one database.
    assert len({(tuple(one["volumes"]), one["environment"]["DATABASE_URL"]) for one in ours.values()}) == 1
    for one in ours.values():
        assert all(isinstance(value, str) for value in one["environment"].values())
        assert set(one["environment"]) <= KNOWN_VARIABLES
        environ = {
            name: re.sub(r"\$\{[A-Z_]+:\?\}", "password", value) for name, value in one["environment"].items()
        }
        assert Settings.read_to_serve(environ).workers in (0, 1)
    assert ours["web"]["environment"]["WORKERS"] == "0"
    recipe = ours["web"]["build"]["dockerfile_inline"]
    for file in re.findall(r"-r (\S+)", recipe):
        assert (ROOT / file).is_file()
    for extra in re.findall(r"\.\[([a-z,]+)\]", recipe):
        setup = configparser.ConfigParser()
        setup.read(ROOT / "setup.cfg", encoding="utf-8")
        assert set(extra.split(",")) <= set(setup["options.extras_require"])


def test_operations_has_every_variable_in_its_table_and_no_other():
    text = (ROOT / "docs" / "operations.md").read_text("utf-8")
    table = text.partition("| variable |")[2].partition("\n\n")[0]
    rows = [line.split("|")[1] for line in table.splitlines()[2:]]
    named = [name for row in rows for name in re.findall(r"`([A-Z][A-Z0-9_]*)`", row)]
    assert len(named) == len(set(named))
    assert set(named) == KNOWN_VARIABLES
