"""Reading YAML: errors in our words at their place, bounded input, aliases."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from textcrm import yamlfile
from textcrm.errors import YamlInvalid


def failure(source: bytes | str) -> YamlInvalid:
    with pytest.raises(YamlInvalid) as caught:
        yamlfile.read_mapping(source, file="x.yaml")
    return caught.value


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("a: 'open\nb: 'x'\n", "yaml-unclosed", 1, 4),
        ('a: "open\nb: "x"\n', "yaml-unclosed", 1, 4),
        ('a: "he said "hi""\n', "yaml-syntax", 1, 14),
        ('a: "x\\q"\n', "yaml-syntax", 1, 6),
        ("a: {x: 1\nb: 2\n", "yaml-unclosed", 1, 4),
        ("a:\n  b: 1\n c: 2\n", "yaml-indent", 3, 2),
        ("a: 1\nfoo\nb: 2\n", "yaml-indent", 2, 1),
        ("a: b: c\n", "yaml-indent", 1, 5),
        ("a: - b\n", "yaml-indent", 1, 4),
        ("a:\n  b: 1\n\tc: 1\n", "yaml-tab", 3, 1),
        ("a: @x\n", "yaml-syntax", 1, 4),
        ("a: &客户\n", "yaml-syntax", 1, 4),
        ("a: *重要* 客户\n", "yaml-syntax", 1, 4),
        ("a: | text\n", "yaml-syntax", 1, 4),
        ("a: 1\n...\nx\n", "yaml-syntax", 3, 1),
        ("姓名：张三\nb: 1\n", "yaml-colon", 1, 3),
        ("名称: 甲\n电话：1\nb: 1\n", "yaml-colon", 2, 3),
        ("\ufeffa: 1\na: 2\n", "yaml-duplicate-key", 2, 1),
        ("\ufeff a: b: c\n", "yaml-indent", 1, 6),
        ("a: \ud800\n", "yaml-control", 1, 4),
        ('a: "\x00"\n', "yaml-control", 1, 5),
        ("a: 1\nb: 2\na: 3\n<<<<<<< x\n", "yaml-merge-marker", 4, 1),
        ("a: 1\r\n<<<<<<< HEAD\r\nb: 2\r\n=======\r\n", "yaml-merge-marker", 2, 1),
        ("a: 1\n=======\nb: 1\n", "yaml-merge-marker", 2, 1),
        ("[\n" + "[" * 101 + "]" * 101 + "]\n", "yaml-too-deep", 2, 100),
        ("? [x]\n: 1\n", "yaml-key", 1, 3),
    ],
)
def test_errors_say_what_and_where(text: str, code: str, line: int, column: int) -> None:
    error = failure(text)
    assert (error.code, error.data["line"], error.data["column"]) == (code, line, column)
    for language in ("en", "zh"):
        said = error.say(language)
        assert "{" not in said
        assert "while" not in said
        assert "did not find" not in said
        assert error.say_hint(language)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("名称: 张三\n".encode("gbk"), "GBK"),
        ("a: 1\n".encode("utf-16"), "UTF-16"),
        ("a: 1\n".encode("utf-16-le"), "UTF-16"),
        ("a: 1\n".encode("utf-16-be"), "UTF-16"),
        (b"a: \xe9 la\xff", "another encoding"),
    ],
)
def test_another_encoding_is_guessed(data: bytes, said: str) -> None:
    error = failure(data)
    assert error.code == "yaml-encoding"
    assert said in error.say()
    assert "UTF-8" in (error.say_hint("zh") or "")


def test_a_hundred_levels_are_read() -> None:
    tree = yamlfile.read("[" * 100 + "]" * 100)
    for _ in range(99):
        tree = tree[0]
    assert tree == []


def test_aliases_tags_merge_keys_and_directives() -> None:
    text = "%YAML 1.1\n---\n&k a: &x {b: 1}\nc: *x\n<<: *x\nd: !!int 3\n*k : 1\ne: !own [1]\n"
    with pytest.raises(YamlInvalid) as caught:
        yamlfile.read(text)
    assert caught.value.code == "yaml-duplicate-key"
    assert yamlfile.read(text.replace("*k :", "f:")) == {
        "a": {"b": "1"},
        "c": {"b": "1"},
        "<<": {"b": "1"},
        "d": "3",
        "f": "1",
        "e": ["1"],
    }


def test_what_only_libyaml_refuses_is_read() -> None:
    assert yamlfile.read("a: |-\n \tx\n") == {"a": "\tx"}
    assert yamlfile.read("{\nhttp://foo.com,\nb:,\n}\n") == {"http://foo.com": None, "b": None}


def test_halves_of_a_character_are_put_together() -> None:
    assert yamlfile.read('a: "\\ud83d\\ude00 \\\\ud83d"\n') == {"a": "\U0001f600 \\ud83d"}
    assert yamlfile.read("a: '\\ud83d'\n") == {"a": "\\ud83d"}
    error = failure('b: 1\na: "x\\ud83d"\n')
    assert (error.code, error.data["line"], error.data["column"]) == ("yaml-half-character", 2, 6)


def test_unfolding_is_bounded() -> None:
    few = "a: &a [" + "x, " * 500 + "]\nb: [" + "*a, " * 150 + "]\n"
    assert len(yamlfile.read(few)["b"]) == 150
    many = few.replace("*a, " * 150, "*a, " * 250)
    assert failure(many).code == "yaml-alias"


LARGE = 4_900_000
BOMBS = {
    "brackets": "[" * 200_000,
    "braces": "{a: " * 100_000,
    "commas": "[" + "[]," * (LARGE // 3),
    "dashes": "-\n" * (LARGE // 2),
    "items": "[" + "a," * (LARGE // 2) + "]",
    "questions": "? " * 100_000,
    "tags": "".join(f"%TAG !a{n}! x\n" for n in range(300_000)) + "--- a\n",
    "laughs": "a0: &a0 [x, x]\n"
    + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60)),
    "aliases": "a: &a x\nb: [" + "*a," * 1_000_000 + "]\n",
    "steps": "".join(" " * n + "a:\n" for n in range(3000)),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_take_little_time(name: str) -> None:
    start = time.process_time()
    failure(BOMBS[name])
    assert time.process_time() - start < 5  # a bomb would take hours


@pytest.mark.parametrize("name", ["commas", "laughs", "items"])
def test_bombs_take_little_memory(name: str) -> None:
    resource = pytest.importorskip("resource")
    assert resource
    script = (
        "import resource, sys\n"
        "from textcrm import yamlfile\n"
        "from textcrm.errors import YamlInvalid\n"
        "text = sys.stdin.read()\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try:\n    yamlfile.read(text)\nexcept YamlInvalid as error:\n    print(error.code)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=BOMBS[name],
        capture_output=True,
        text=True,
        check=True,
    )
    code, grown = done.stdout.split()
    assert code.startswith("yaml-")
    unit = 1 if sys.platform == "darwin" else 1024
    assert int(grown) * unit < 200 * 1024 * 1024


def test_five_megabytes_are_the_limit() -> None:
    most = "a: " + "x" * (yamlfile.MAX_BYTES - 4) + "\n"
    assert len(yamlfile.read(most)["a"]) == yamlfile.MAX_BYTES - 4
    assert failure(most + "#").code == "yaml-too-large"
    assert failure((most + "#").encode()).code == "yaml-too-large"
    assert failure("a: " + "好" * (yamlfile.MAX_BYTES // 3)).code == "yaml-too-large"


def test_reading_is_faster_than_the_c_loader() -> None:
    yaml = pytest.importorskip("yaml")
    if not hasattr(yaml, "CSafeLoader"):
        pytest.skip("PyYAML without its C part")
    text = yamlfile.dump(
        {
            f"field{n}": [
                {"id": f"k{n}{m}", "at": "2024-05-01", "summary": "电话沟通报价" * 5}
                for m in range(3)
            ]
            for n in range(12)
        }
    )

    def spent(job: object) -> float:
        start = time.process_time()
        for _ in range(60):
            job(text)  # type: ignore[operator]
        return time.process_time() - start

    def c_loader(one: str) -> object:
        return yaml.load(one, Loader=yaml.CSafeLoader)

    ratios = sorted(spent(yamlfile.read) / spent(c_loader) for _ in range(5))
    assert ratios[0] < 0.8  # 0.4 on a quiet machine


def test_positions_in_all_shapes() -> None:
    text = "\ufeff# c\nid: C1\nempty:\nl:\n- a: &x {k: 1}\n- *x\n- \n多: '好'\n"
    marks = yamlfile.positions(text)
    assert marks.value(("id",)) == (2, 5)
    assert marks.key(("empty",)) == (3, 1)
    assert marks.value(("l", 0, "a", "k")) == (5, 13)
    assert marks.key(("l", 0)) == (5, 3)
    assert marks.value(("l", 1, "k")) == (6, 3)
    assert marks.value(("l", 0, "b")) == (5, 3)
    assert marks.value(("l", 9)) == (5, 1)
    assert marks.value(("多",)) == (8, 4)
    assert marks.value(("nothing", "there")) == (2, 1)
    assert marks.value(()) == (2, 1)
    assert yamlfile.positions("a: [").value(("a",)) == (1, 1)
    assert yamlfile.positions(b"\xff").key(("a",)) == (1, 1)
    assert yamlfile.positions("").key(("a",)) == (1, 1)
