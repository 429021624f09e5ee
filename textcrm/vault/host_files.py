"""Files of a new vault for editors, for pre-commit and for the CI of three hosts (GitHub, GitLab, Gitea)."""

from __future__ import annotations

import json
from typing import Final

_SETTINGS: Final = {
    "yaml.schemas": {"schema/customer.schema.json": "customers/**/*.yaml"},
    "yaml.schemaStore.enable": False,
    "files.encoding": "utf8",
    "files.eol": "\n",
    "[yaml]": {"editor.tabSize": 2, "editor.insertSpaces": True},
}
_EXTENSIONS: Final = {"recommendations": ["redhat.vscode-yaml"]}
_EDITORCONFIG: Final = """root = true

[*.{yaml,yml,json,md}]
charset = utf-8
end_of_line = lf
indent_style = space
indent_size = 2
insert_final_newline = true
"""
_JETBRAINS: Final = """<?xml version="1.0" encoding="UTF-8"?>
<project version="4">
  <component name="JsonSchemaMappingsProjectConfiguration">
    <state>
      <map>
        <entry key="textcrm">
          <value>
            <SchemaInfo>
              <option name="name" value="textcrm" />
              <option name="relativePathToSchema" value="schema/customer.schema.json" />
              <option name="schemaVersion" value="JSON Schema version 2020-12" />
              <option name="patterns">
                <list>
                  <Item>
                    <option name="directory" value="true" />
                    <option name="path" value="customers" />
                    <option name="mappingKind" value="Directory" />
                  </Item>
                </list>
              </option>
            </SchemaInfo>
          </value>
        </entry>
      </map>
    </state>
  </component>
</project>
"""


def _json(tree: object) -> str:
    return json.dumps(tree, ensure_ascii=False, indent=2) + "\n"


EDITORS: Final[dict[str, str]] = {
    ".vscode/settings.json": _json(_SETTINGS),
    ".vscode/extensions.json": _json(_EXTENSIONS),
    ".idea/jsonSchemas.xml": _JETBRAINS,
    ".editorconfig": _EDITORCONFIG,
}

_PRE_COMMIT: Final = """\
# 供使用 pre-commit 框架的团队；textcrm init 装好的 git 钩子已做同样的检查。
# For teams that use the pre-commit framework; the git hook of textcrm init checks the same.
repos:
  - repo: local
    hooks:
      - id: textcrm-check
        name: textcrm check
        entry: textcrm check --staged
        language: system
        pass_filenames: false
        require_serial: true
"""

_ACTIONS: Final = """\
# 检查客户资料，问题标注在{where}。 Checks the customers; findings are {shown}.
name: textcrm
on:
  push:
  pull_request:
permissions:
  contents: read
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0
          persist-credentials: false
      - uses: actions/setup-python@v5
        with:
          python-version: "3.13"
      - run: python -m pip install textcrm
      - name: customers · 客户
        run: textcrm check{format}
      - name: commits · 提交
        if: ${{{{ !cancelled() }}}}
        env:
          BASE: ${{{{ github.base_ref }}}}
          BEFORE: ${{{{ github.event.before }}}}
        run: |
          start="${{BASE:+origin/$BASE}}"
          start="${{start:-$BEFORE}}"
          git rev-parse --quiet --verify "$start^{{commit}}" > /dev/null || start=0
          textcrm check --range "$start..HEAD"{format}
"""

_GITHUB: Final = _ACTIONS.format(
    where="改动的行上", shown="annotations of the lines", format=" --format github"
)
# Gitea shows no annotations (its issue 23722): the log has the findings as text.
_GITEA: Final = _ACTIONS.format(where="日志中", shown="in the log", format="")

_GITLAB: Final = """\
# 检查客户资料，问题显示在合并请求的代码质量中。
# Checks the customers; findings are shown in the merge request, under Code Quality.
.textcrm:
  image: python:3.13
  variables:
    GIT_DEPTH: "0"
  before_script:
    - python -m pip install --quiet textcrm

textcrm-check:
  extends: .textcrm
  script:
    - textcrm check --format gitlab -o gl-code-quality-report.json
  artifacts:
    when: always
    reports:
      codequality: gl-code-quality-report.json

textcrm-commits:
  extends: .textcrm
  script:
    - textcrm check --range "${CI_MERGE_REQUEST_DIFF_BASE_SHA:-$CI_COMMIT_BEFORE_SHA}..HEAD"
"""

HOSTS: Final[dict[str, str]] = {
    ".pre-commit-config.yaml": _PRE_COMMIT,
    ".github/workflows/textcrm.yml": _GITHUB,
    ".gitea/workflows/textcrm.yml": _GITEA,
    ".gitlab-ci.yml": _GITLAB,
}
"""Files that count at the root of a repository only."""
