"""A secret is given by ARG or ENV.

## What it finds

Names of ARG and ENV in which a word is `token`, `password`, `key` and the like, unless another word says that it is
none (`public`, `file`, `version`); and, as mere information, the further names that hadolint takes for secrets, which
contain such a word anywhere (`adminPassword`).

## Why it costs

The value is in the image's configuration or history: everyone who can pull the image can read it.

## When to allow it

Where the value is none, such as the fingerprint of a public key.

## References

- https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/
- https://docs.docker.com/build/building/secrets/
- BuildKit v0.32, frontend/dockerfile/dockerfile2llb/validations.go: validateNoSecretKey
- https://github.com/hadolint/hadolint/wiki/DL3064
- hadolint reports `PASSWORD_FILE` and `TOKENIZERS_PARALLELISM`; they are not reported here
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Arg, Dockerfile, Env
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

_ENGINE, _HADOLINT = "SecretsUsedInArgOrEnv", "DL3064"
RULE = Rule("a secret is given by ARG or ENV", "warning", (_ENGINE, _HADOLINT, "DS-0031"))

BAD = (
    Example("FROM alpine\nARG «GITHUB_TOKEN»\n"),
    Example("FROM alpine\nENV A=1 «DB_PASSWORD=a»\n"),
    Example("ARG «NPM_TOKEN»\nFROM alpine\n"),
)
GOOD = (
    Example("FROM alpine\nENV PASSWORD_FILE=/run/secrets/a\n"),
    Example("FROM alpine\nARG PUBLIC_KEY\n"),
    Example("FROM alpine\nARG MONKEY=1\n"),
    Example("FROM alpine\nENV TOKENIZERS_PARALLELISM=false\n"),
    Example("FROM alpine\nRUN --mount=type=secret,id=token,env=GITHUB_TOKEN true\n"),
)

_WORDS = frozenset("apikey auth credential credentials key password pword passwd secret token".split())
_HARMLESS = frozenset({"public", "file", "version"})
_PARTS = ("api_key", "client_key", "password", "private", "secret", "token", "username")
# What hadolint knows by name, as far as its parts do not already say so (DL3064.hs: knownSensitiveNames).
_KNOWN = frozenset(
    "APPLICATION_KEY AWS_ACCESS_KEY_ID CI_DEPLOY_USER DOCKER_EMAIL FACEBOOK_APP_ID OKTA_AUTHN_GROUPID"
    " OKTA_CLIENT_ORGURL OKTA_OAUTH2_CLIENTID STRIPE_DEVICE_NAME TRAVIS_OS_NAME TRAVIS_SECURE_ENV_VARS"
    " TRAVIS_SUDO".split()
)


def check(dockerfile: Dockerfile, see: Facts) -> Iterator[Diagnostic]:
    for one in (*dockerfile.preamble, *see.instructions((Arg, Env))):
        if not isinstance(one.body, Arg | Env):
            continue
        in_stage = one.stage >= 0 and not see.is_trigger(one)
        for pair in one.body.pairs:
            by_engine, by_hadolint = _is_secret(pair.key.lower()), _sounds_secret(pair.key)
            codes = (*((_ENGINE,) if by_engine and in_stage else ()), *((_HADOLINT,) if by_hadolint else ()))
            if codes:
                yield Diagnostic(
                    pair.span,
                    f"`{pair.key}` in `{one.keyword}` sounds like a secret",
                    "everyone who can pull the image can read it",
                    "use `RUN --mount=type=secret`",
                    severity=None if by_engine else "info",
                    aliases=RULE.aliases if len(codes) == 2 else codes,
                )


def _is_secret(name: str) -> bool:
    words = name.split("_")
    return not _WORDS.isdisjoint(words) and _HARMLESS.isdisjoint(words)


def _sounds_secret(name: str) -> bool:
    lower = name.lower()
    if not _HARMLESS.isdisjoint(lower.split("_")):
        return False
    return any(part in lower.replace("tokeniz", "") for part in _PARTS) or name.upper() in _KNOWN
