"""What the README and its pages tell people to type exists."""

import re
import shlex

import pytest

from ratedparts import cli

from .rooms import ROOT

PAGES = ("README.md", "docs/many-machines.md", "docs/operations.md")
_FENCE = re.compile(r"^```[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)


def _commands():
    """The lines of the fenced blocks that begin with one of our commands; prompts and comments fall away."""
    text = "\n".join((ROOT / page).read_text(encoding="utf-8") for page in PAGES)
    found = []
    for block in _FENCE.findall(text):
        for line in block.replace("\\\n", " ").splitlines():
            words = line.strip().removeprefix("$ ").removeprefix(".venv/bin/").split("#")[0]
            try:
                split = shlex.split(words)
            except ValueError:
                continue
            while split and re.fullmatch(r"[A-Z_]+(=.*)?|env|-u", split[0]):  # PORT=8080 make run
                split = split[1:]
            if split and split[0].removeprefix(".venv/bin/") in ("make", "ratedparts"):
                found.append([split[0].removeprefix(".venv/bin/"), *split[1:]])
    return found


def test_every_make_target_of_the_readme_exists():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([\w.-]+):(?!=)", makefile, re.MULTILINE))
    named = {
        word
        for command in _commands()
        if command[0] == "make"
        for word in command[1:]
        if "=" not in word and not word.startswith("-")
    }
    assert named <= targets


def test_every_command_of_the_readme_is_understood(capsys):
    named = {
        next((word for word in command[1:] if not word.startswith("-")), None)
        for command in _commands()
        if command[0] == "ratedparts"
    }
    for name in sorted(named - {None}):
        with pytest.raises(SystemExit) as leaving:
            cli.main([name, "--help"])
        assert leaving.value.code == 0, name
    capsys.readouterr()


@pytest.mark.parametrize(
    "name",
    ["check", "evaluate", "verify", "recheck", "protocols", "serve", "worker", "migrate", "demo"],
)
def test_every_command_of_the_contract_is_there(name, capsys):
    with pytest.raises(SystemExit) as leaving:
        cli.main([name, "--help"])
    assert leaving.value.code == 0
    capsys.readouterr()


@pytest.mark.parametrize("target", ["run", "test", "check", "bench"])
def test_every_make_target_of_the_contract_is_there(target):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
