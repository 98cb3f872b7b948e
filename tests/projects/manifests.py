"""Manifests as texts, and what an install reads of them."""

from __future__ import annotations

import json
from collections.abc import Mapping

from dcache.analyzer.projects.needs import Needs, Refusal, needs
from dcache.analyzer.shell import Opaque, commands, installs

from .test_projects import Texts

Project = dict[str, str]


def asked(command: str, project: Mapping[str, str], environment: Mapping[str, str] | None = None) -> Needs | Refusal:
    read = commands(command)
    assert not isinstance(read, Opaque)
    (install,) = installs(read)
    return needs(install, install.folder, Texts(project), environment)


def lock(*scripted: str, own: str = "") -> str:
    packages: dict[str, object] = {"": {}, "node_modules/a": {"version": "1.0.0"}}
    packages |= {own: {}} if own else {}
    packages |= {f"node_modules/{name}": {"hasInstallScript": True} for name in scripted}
    return json.dumps({"lockfileVersion": 3, "packages": packages})


NPM = {"package.json": '{"dependencies": {"a": "~1"}}', "package-lock.json": lock(), "index.js": ""}
PNPM = {"package.json": "{}", "pnpm-lock.yaml": "lockfileVersion: '6.0'\npackages:\n  /a@1.0.0:\n    dev: true\n"}
YARN = {"package.json": "{}", "yarn.lock": "# yarn lockfile v1\n"}
BERRY = {"package.json": "{}", "yarn.lock": "__metadata:\n  version: 6\n", ".yarnrc.yml": "nodeLinker: node-modules\n"}
GO = {"go.mod": "module x\n\ngo 1.22\n\nrequire a v1.0.0\n", "go.sum": "a v1.0.0 h1:x\n", "main.go": ""}
UV = {"pyproject.toml": '[project]\nname = "x"\nversion = "1"\ndependencies = ["flask"]\n', "uv.lock": "version = 1\n"}
BUILT = UV["pyproject.toml"] + '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
POETRY = {"pyproject.toml": '[tool.poetry]\nname = "x"\n[tool.poetry.dependencies]\nflask = "*"\n', "poetry.lock": ""}
GEMS = {
    "Gemfile": 'source "https://rubygems.org"\ngem "rails", "~> 7.1" # web\ngroup :test, :development do\n'
    '  gem "rspec", require: false\nend\ngem "tzinfo-data", platforms: %i[ mswin jruby ]\n',
    "Gemfile.lock": "GEM\n",
}
PHP = {
    "composer.json": '{"require": {"a/b": "^1"}, "autoload": {"psr-4": {"App\\\\": "src/"}}}',
    "composer.lock": '{"packages": [{"name": "a/b", "type": "library"}]}',
    "src/A.php": "",
}
CSPROJ = '<Project Sdk="Microsoft.NET.Sdk">\n<ItemGroup><PackageReference Include="A" /></ItemGroup></Project>\n'
GUARDED = """\
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup Condition="!Exists('$(Protos)')">
    <Protos>$(MSBuildProjectDirectory)/../../pb</Protos>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="A" Version="1.0.0" />
    <Protobuf Include="$(Protos)/**/*.proto" GrpcServices="Both" />
    <Content Include="$(Protos)/a.json"><Link>a.json</Link></Content>
  </ItemGroup>
</Project>
"""
DOTNET = {"App.csproj": CSPROJ, "Program.cs": ""}
POM = "<project><modelVersion>4.0.0</modelVersion><artifactId>a</artifactId></project>"
MIX = {
    "mix.exs": 'defmodule X.MixProject do\n  use Mix.Project\n  def project, do: [app: :x, deps: [{:a, "~> 1"}]]\nend\n'
}
DART = {"pubspec.yaml": "name: x\ndependencies:\n  a: ^1.0.0\n", "pubspec.lock": ""}
SWIFT = {
    "Package.swift": "// swift-tools-version:5.9\nimport PackageDescription\n"
    'let package = Package(name: "x", dependencies: [.package(url: "https://example.com/a", from: "1.0.0")])\n',
    "Package.resolved": "{}",
}


def package(**said: object) -> str:
    return json.dumps(said)
