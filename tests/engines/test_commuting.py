"""Neighbours that may change places, exchanged on a live engine: the image is the same, files and configuration.

The programs are those of a real busybox. DCACHE_COMMUTING says how many generated Dockerfiles are tried, DCACHE_SEED
which ones.
"""

from __future__ import annotations

import os
import random
import shutil
from collections import Counter
from pathlib import Path

import pytest

from dcache.analyzer.dockerfile import parse
from dcache.analyzer.effects import commute, stage_effects
from dcache.analyzer.plans import BuildOptions
from dcache.analyzer.source import SourceFile
from dcache.rules.facts import Facts
from engines.contexts import lay_files
from engines.images import ExportRefused, Image, differences, exported
from engines.rebuild import busybox
from engines.world import Engine

pytestmark = pytest.mark.engine

COUNT = int(os.environ.get("DCACHE_COMMUTING", "25"))
SEED = int(os.environ.get("DCACHE_SEED", "1"))

_FILES = {"a.txt": "a\n", "b.txt": "b\n", "src/c.txt": "c\n", "src/in/d.txt": "d\n"}
_HEAD = "RUN mkdir -p /etc && echo root:x:0:0::/root:/bin/sh > /etc/passwd && echo root:x:0: > /etc/group"
_LINES = (
    "RUN mkdir /d", "RUN mkdir -p /d/e", "RUN mkdir -p /app/logs", "RUN mkdir -m 700 /m", "RUN touch /app/x",
    "RUN touch x", "RUN touch /d/x /y", "RUN echo $V > /v", "RUN echo ${W} $V >> /v", "RUN cp /app/a.txt /b",
    "RUN cp -r /app/src /copied", "RUN mv /d /e", "RUN rm -rf /app/src", "RUN rm -rf /d/* /y", "RUN chmod 700 /app",
    "RUN chmod -R go-r /d", "RUN chown -R 7:7 /app", "RUN chown 7 /d", "RUN adduser -D -h /home/u u",
    "RUN adduser -D -H -h /app u", "RUN addgroup g", "RUN ln -s /d /app/l", "RUN ln -s /app /l", "RUN touch /l/x",
    "RUN cd /app && touch y", "RUN set -e; cd /d; touch z", "RUN (cd /d && touch w) || true", "RUN cd /d; touch r",
    "RUN sed -i s/a/b/ /app/a.txt", "RUN ls / > /list", "RUN ls /app > /list", "RUN cat /etc/passwd > /who",
    "RUN id > /id", "RUN env | sort > /env", "RUN [ -f /app/a.txt ] && touch /yes || touch /no", "RUN true",
    "RUN { echo a; echo b; } > /app/block", "RUN for i in 1 2; do mkdir -p /d/$i; done", "RUN install -d /inst/all",
    "RUN echo a | tee /tee /app/tee", "RUN find /app -name '*.txt' -delete", "RUN sh -c 'touch /nested'",
    "RUN --mount=type=cache,target=/c touch /c/a /k", "RUN --mount=target=/ctx cp /ctx/a.txt /m1",
    "RUN --mount=type=tmpfs,target=/app/tmp touch /app/tmp/a", "RUN <<E\ntouch /h1\ncd /d\ntouch h2\nE",
    "COPY a.txt /app/", "COPY a.txt /app", "COPY src /app/src", "COPY . /app", "COPY . .", "COPY . /",
    "COPY a.txt b.txt ./", "COPY --chown=7:7 a.txt /app/own/", "COPY --chown=7:7 a.txt /n/own", "COPY a.txt /n/b",
    "COPY --chown=u a.txt /u/", "COPY --chmod=700 src /app/mod/", "COPY --link a.txt /app/link/", "COPY a.txt /d/e/f",
    "COPY --link a.txt /n/c", "COPY a.txt $V", "COPY src/ /l/", "ADD b.txt /d/", "COPY <<E /app/h\nv $V\nE",
    "WORKDIR /app", "WORKDIR sub", "WORKDIR /d/e", "WORKDIR /n", "WORKDIR /l/deep", "USER u", "USER 7", "USER root",
    "ENV V=1", "ENV W=$V", "ENV PATH=/app/bin:$PATH", "ARG V=2", "ARG W", "LABEL a=b", "LABEL a=c d=$V", "CMD x",
    'CMD ["x"]', 'ENTRYPOINT ["e"]', "EXPOSE 80", "VOLUME /data", "HEALTHCHECK CMD x", "STOPSIGNAL 9",
    'SHELL ["/bin/sh", "-ec"]', "ONBUILD RUN x",
)  # fmt: skip


def _exchanges(text: str, choice: random.Random) -> list[str]:
    """The text with two neighbours exchanged that may be, up to three such texts."""
    see = Facts(parse(SourceFile("Dockerfile", text)))
    if see.graph is None:
        return []
    effects = stage_effects(see.graph, 0, see.commands)
    instructions = see.dockerfile.stages[0].instructions
    places = [at for at in range(1, len(effects) - 1) if commute(effects[at], effects[at + 1])]
    found: list[str] = []
    for at in choice.sample(places, min(len(places), 3)):
        one, other = instructions[at].span, instructions[at + 1].span
        first, between, second = text[slice(*one)], text[one.end : other.start], text[slice(*other)]
        found.append(text[: one.start] + second + between + first + text[other.end :])
    return found


def test_an_exchange_leaves_the_image_as_it_is(engine: Engine, tmp_path: Path) -> None:
    busybox(engine)
    context = tmp_path / "context"
    context.mkdir()
    lay_files(context, _FILES)
    choice = random.Random(SEED)
    seen: Counter[str] = Counter()
    wrong: list[str] = []

    def image(text: str) -> Image:
        (tmp_path / "Dockerfile").write_text(text)
        options = BuildOptions(network="none", context=str(context), file=str(tmp_path / "Dockerfile"))
        return exported(engine, options, tmp_path / "out")

    for _ in range(COUNT):
        lines = choice.sample(_LINES, choice.randint(4, 8))
        text = "\n".join(("FROM local/bb:1", _HEAD, *lines, ""))
        texts = _exchanges(text, choice)
        if not texts:
            seen["nothing to exchange"] += 1
            continue
        try:
            before = image(text)
        except ExportRefused:
            seen["refused"] += 1
            continue
        for changed in texts:
            seen["exchanged"] += 1
            try:
                told = differences(before, image(changed))
            except ExportRefused as error:
                told = ["it is refused", str(error)]
            if told:
                wrong.append("\n".join((text, "became", changed, *told)))
    shutil.rmtree(tmp_path / "out", ignore_errors=True)
    print(dict(seen))
    assert not wrong, "\n\n".join(wrong)
    assert seen["exchanged"] * 4 > COUNT, seen
