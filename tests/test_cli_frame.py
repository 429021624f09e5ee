"""The frame: help in two languages at 80 columns, options anywhere, errors with code and hint."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli_running import Shell
from ready_made import initialized

from textcrm.cli import language
from textcrm.cli.main import COMMANDS, MODULES, PLUMBING, root, run
from textcrm.cli.width import width, wrap

CHECKOUT = Path(__file__).resolve().parent.parent


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(initialized(tmp_path / "vault"), capsys)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_fits_80_columns_and_has_examples(
    name: str, lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [name, "--help"] if name else ["--help"]
    assert run(["--lang", lang, *words]) == 0
    out = capsys.readouterr().out
    assert max(width(line) for line in out.splitlines()) <= 80
    assert ("用法：" if lang == "zh" else "Usage: ") in out
    if name:
        assert out.count("\n  textcrm ") >= 2
    else:
        assert all(f"  {one} " in out for one in COMMANDS)


def test_registry_and_folder_agree() -> None:
    folder = CHECKOUT / "textcrm" / "cli" / "commands"
    assert {file.stem for file in folder.glob("*.py")} - {"__init__"} == {
        MODULES.get(name, name.replace("-", "_")) for name in (*COMMANDS, *PLUMBING)
    }


def test_global_options_before_and_after(shell: Shell) -> None:
    shell.ok("add", "Li")
    for words in (
        ["--json", "list"],
        ["list", "--json"],
        ["--lang", "zh", "list", "--json", "-q"],
    ):
        assert shell.ok(*words).data[0]["name"] == "Li"
    assert run(["list", "-C", str(shell.folder), "--json"]) == 0


@pytest.mark.parametrize(
    ("argv", "environment", "expected"),
    [
        (["--lang", "zh"], {"TEXTCRM_LANG": "en"}, "zh"),
        (["list", "--lang=en"], {"TEXTCRM_LANG": "zh"}, "en"),
        ([], {"TEXTCRM_LANG": "zh", "LC_ALL": "en_US.UTF-8"}, "zh"),
        ([], {"LC_ALL": "zh_CN.UTF-8"}, "zh"),
        ([], {"LC_ALL": "C", "LANG": "zh_TW.UTF-8"}, "zh"),
        ([], {"LANG": "fr_FR.UTF-8"}, "en"),
        ([], {}, "en"),
        (["add", "--", "--lang", "zh"], {}, "en"),
    ],
)
def test_language_is_chosen_in_order(
    argv: list[str],
    environment: dict[str, str],
    expected: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert language.chosen(argv, environment) == expected
    (tmp_path / "textcrm.yaml").write_text("language: zh # x\n", encoding="utf-8")
    if not environment.get("TEXTCRM_LANG") and "--lang" not in " ".join(
        argv[: argv.index("--")] if "--" in argv else argv
    ):
        assert language.chosen(argv, environment) == "zh"


def test_the_vault_is_found_upwards_and_by_environment(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shell.ok("add", "Li")
    monkeypatch.chdir(shell.folder / "customers")
    assert shell("list", "--count", at=False).out.strip() == "1"
    monkeypatch.chdir(tmp_path)
    missing = shell("list", at=False)
    assert missing.code == 4
    assert "textcrm init" in missing.err
    monkeypatch.setenv("TEXTCRM_VAULT", str(shell.folder))
    assert shell("list", "--count", at=False).out.strip() == "1"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["lst"], 2, "list"),
        (["serch", "x"], 2, "search"),
        (["list", "--colums", "x"], 2, "--columns"),
        (["add"], 2, "NAME"),
        (["set", "Li"], 2, "set"),
        (["set", "Li", "statsu=active"], 2, "status"),
        (["set", "Li", "status=activ"], 5, "active"),
        (["set", "Li", "first_cooperation=someday"], 5, "someday"),
        (["set", "Li", "uid=x"], 2, "never"),
        (["set", "Li", "nonsense"], 2, "PATH=VALUE"),
        (["show", "Lix"], 4, "Li"),
        (["show", "C20000101001"], 4, "C20000101001"),
        (["list", "statsu:x"], 2, "status"),
        (["list", "(a"], 2, "("),
        (["append", "Li", "name", "x=1"], 2, "contacts"),
        (["append", "Li", "contacts"], 2, "name"),
        (["set", "Li", "contacts/7/name=x"], 4, "7"),
        (["log", "Li", " "], 2, "log"),
        (["log", "Li", "x", "--due", "05/06/2026"], 2, "05/06/2026"),
        (["log", "Li", "x", "--channel", "smoke"], 5, "phone"),
        (["undo", "zzzz"], 4, "zzzz"),
        (["restore", "Nobody"], 4, "trash"),
        (["restore", "Li"], 4, "trash"),
        (["completion", "tcsh"], 2, "bash"),
        (["help", "nothing"], 2, "query"),
        (["list", "--format", "pdf"], 2, "csv"),
        (["add", ""], 5, "name"),
        (["add", "   "], 5, "name"),
        (["add", "-rf"], 2, "--"),
        (["due", "--within", "x"], 2, "--within"),
    ],
)
def test_mistakes_are_named_with_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: int, said: str
) -> None:
    shell = Shell(initialized(tmp_path / "vault", then=(("add", "Li"),)), capsys)
    head = shell.ok("log", "--json").data[0]["commit"]
    for lang in ("en", "zh"):
        ran = shell(*words, "--lang", lang)
        assert ran.code == code, ran
        assert ran.err.startswith("textcrm: ")
        if lang == "en" or said not in ("never", "PATH=VALUE"):
            assert said in ran.err
        assert ("提示：" if lang == "zh" else "hint: ") in ran.err
        assert "Traceback" not in ran.err
        if lang == "zh":
            assert any("\u4e00" <= char <= "\u9fff" for char in ran.err.splitlines()[0])
    as_json = shell(*words, "--json")
    assert as_json.code == code
    assert set(as_json.error) >= {"code", "message", "hint"}
    assert shell.ok("log", "--json").data[0]["commit"] == head


def test_names_that_look_like_paths_and_options(shell: Shell) -> None:
    shell.ok("add", "../../etc/passwd")
    shell.ok("add", "--", "-rf")
    assert sorted(row["name"] for row in shell.ok("list", "--json").data) == [
        "-rf",
        "../../etc/passwd",
    ]
    assert sum(1 for _ in (shell.folder / "customers").rglob("*.yaml")) == 2
    assert shell("show", "../x").code == 4


def test_two_of_one_name_are_ambiguous(shell: Shell) -> None:
    shell.ok("add", "张三")
    shell.ok("add", "张三")
    ran = shell("set", "张三", "intent=high")
    assert ran.code == 6
    assert "1. C" in ran.err
    assert len(shell("show", "张三", "--json").error["candidates"]) == 2


def test_a_broken_file_among_others(shell: Shell) -> None:
    shell.ok("add", "Li")
    bad = shell.folder / "customers" / "2026" / "01" / "C20260101001.yaml"
    bad.parent.mkdir(parents=True)
    bad.write_text("id: C20260101001\nname: 'open\n", encoding="utf-8")
    listed = shell("list")
    assert listed.code == 0
    assert "C20260101001.yaml:2:7" in listed.err
    assert shell.ok("search", "li").code == 0
    checked = shell("check", "--json")
    assert (checked.code, checked.data["checked"]) == (1, 2)
    assert checked.data["problems"][0]["code"] == "yaml-unclosed"
    assert shell("show", "C20260101001").code == 5
    shell.ok("set", "Li", "intent=high")


@pytest.mark.parametrize(
    ("file", "text", "code"),
    [
        ("textcrm.yaml", "thresholds: [1\n", 5),
        ("textcrm.yaml", "thresholds: {silent_days: soon}\n", 5),
        ("schema/customer.schema.json", "{", 5),
        ("schema/customer.schema.json", '{"properties": {"name": {"type": "strin"}}}', 5),
        ("access/access.yaml", "people: x\n", 5),
    ],
)
def test_broken_settings_are_named(shell: Shell, file: str, text: str, code: int) -> None:
    shell.ok("add", "Li")
    (shell.folder / file).write_text(text, encoding="utf-8")
    ran = shell("list", "status:active")
    if ran.code in (0, 1):
        ran = shell("check")
    assert ran.code == code, ran
    assert file.rsplit("/", 1)[-1] in ran.err or "99" in ran.err


def test_escapes_in_a_name_never_reach_the_terminal(shell: Shell) -> None:
    name = "a\x1b[31mred\x07\u202eevil\x9b1m"
    shell.ok("add", name, "--set", f"notes={name}")
    record_id = shell.ok("list", "--json").data[0]["id"]
    assert shell.ok("show", record_id, "--json").data["name"] == name
    outputs = [
        shell.ok("show", record_id), shell.ok("list"), shell.ok("search", '"red"'), shell.ok("log", record_id),
        shell("check"), shell("add", name), shell("show", name + "x"), shell("list", f"{name}:x"),
    ]  # fmt: skip
    for ran in outputs:
        for sign in ("\x1b", "\x07", "\u202e", "\x9b"):
            assert sign not in ran.out + ran.err, ran


def test_a_hidden_value_comes_from_standard_input(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    shell.ok("add", "Li")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("甲\n".encode())))
    shell.ok("set", "Li", "needs=-")
    assert shell.ok("show", "Li", "--json").data["needs"] == "甲"


def test_add_from_a_record_on_standard_input(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    text = "id: C1\nname: Wang\nsize: {employees: {min: 5}}\ncontacts: [{name: Zhao}]\nextra: 1\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    shell.ok("add", "--from", "-")
    shown = shell.ok("show", "Wang", "--json").data
    assert shown["id"] != "C1"
    assert shown["extra"] == "1"
    assert shown["contacts"][0]["id"]


def test_masks(shell: Shell) -> None:
    shell.ok("add", "欧阳静", "--set", "phone=13912345670")
    ran = shell.ok("show", "欧阳静", "--mask")
    assert "345670" not in ran.out
    assert "欧阳静" not in ran.out
    assert "欧阳静" not in shell.ok("list", "--mask").out
    assert (
        shell.ok("list", "--mask", "--json", "--columns", "phone").data[0]["phone"]
        != "+8613912345670"
    )


def test_completion_for_each_shell(shell: Shell) -> None:
    for one in ("bash", "zsh", "fish", "powershell"):
        assert "_TEXTCRM_COMPLETE" in shell.ok("completion", one).out


def _process(*words: str, **options: str) -> subprocess.CompletedProcess[bytes]:
    env = dict(os.environ)
    return subprocess.run(
        [sys.executable, "-m", "textcrm", *words],
        capture_output=True,
        check=False,
        env={**env, **options},
    )


def test_completing_a_command_name() -> None:
    done = _process(_TEXTCRM_COMPLETE="bash_complete", COMP_LINE="textcrm un")
    assert {line.split(b",")[-1] for line in done.stdout.split()} >= {b"undo", b"unarchive"}


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("textcrm list --columns name,total_s", b"name,total_spent"),
        ("textcrm search status:a", b"status:active"),
        ("textcrm search \u5408\u4f5c\u72b6\u6001:\u5408", "合作状态:合作中".encode()),
        ("textcrm list own", b"owner:"),
        ("textcrm list @", b"@silent"),
    ],
)
def test_completing_fields_views_and_codes(shell: Shell, words: str, offered: bytes) -> None:
    done = _process(
        _TEXTCRM_COMPLETE="bash_complete",
        COMP_LINE=words,
        TEXTCRM_VAULT=str(shell.folder),
    )
    assert offered in {line.partition(b",")[2] for line in done.stdout.splitlines()}


def test_a_console_of_another_encoding_gets_substitutes(shell: Shell) -> None:
    shell.ok("add", "𠮷野✓")
    done = _process("-C", str(shell.folder), "list", PYTHONIOENCODING="gbk")
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    assert _process("-C", str(shell.folder), "list", PYTHONIOENCODING="ascii").returncode == 0


def test_nobody_reads_to_the_end(shell: Shell) -> None:
    command = (
        f"{sys.executable} -m textcrm help query; {sys.executable} -m textcrm --help | head -1"
    )
    done = subprocess.run(
        ["sh", "-c", command],
        capture_output=True,
        text=True,
        check=False,
        env=dict(os.environ),
    )
    assert done.stderr == ""


def test_without_git_it_says_so(shell: Shell, tmp_path: Path) -> None:
    shell.ok("add", "Li")
    empty = tmp_path / "bin"
    empty.mkdir()
    done = _process("-C", str(shell.folder), "set", "Li", "intent=high", PATH=str(empty))
    assert done.returncode == 9
    assert b"git" in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_bug_is_told_without_values(monkeypatch: pytest.MonkeyPatch, shell: Shell) -> None:
    from textcrm.vault import Vault

    def broken(_vault: Vault) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(Vault, "catalog", broken)
    ran = shell("list")
    assert ran.code == 70
    assert "secret" not in ran.err
    assert "RuntimeError" in ran.err


def test_interrupted(monkeypatch: pytest.MonkeyPatch, shell: Shell) -> None:
    from textcrm.vault import Vault

    def stopped(_vault: Vault) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Vault, "catalog", stopped)
    assert shell("list").code == 130


def test_wrapping_keeps_widths_and_words() -> None:
    assert wrap("你好世界，再见", 6) == ["你好世", "界，再", "见"] or all(
        width(line) <= 6 for line in wrap("你好世界，再见", 6)
    )
    assert wrap("one two three", 7) == ["one two", "three"]
    assert all(width(line) <= 10 for line in wrap("averyveryverylongword 中文", 10))


def test_the_root_knows_every_command() -> None:
    group = root()
    assert all(group.get_command(None, name) is not None for name in COMMANDS)  # type: ignore[arg-type]


def test_a_field_without_set_and_a_choice_that_is_none_are_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["--lang", "zh", "add", "甲公司", "状态=合作中"]) == 2
    assert "--set 状态=合作中" in capsys.readouterr().err
    assert run(["--lang", "zh", "import", "x.csv", "--on-duplicate", "合并"]) == 2
    said = capsys.readouterr().err
    assert "可选：update、skip、create、ask" in said
    assert "not one of" not in said
