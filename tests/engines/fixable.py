"""Random Dockerfiles that give the cures something to do, with the context that they copy."""

from __future__ import annotations

import random

from engines.contexts import PROJECT

_HEADS = ("FROM stub/a:1", "FROM stub/b:1", "from stub/a:1", "FROM --platform=$BUILDPLATFORM stub/a:1")
_LINES = (
    "ARG REV",
    "ARG BUILD_DATE=now",
    "ENV REV=$REV",
    "ENV BUILD_DATE ${BUILD_DATE}",
    "ENV MODE=fast \\\n    LEVEL=2",
    "ENV OLD value with blanks",
    "LABEL rev=$REV",
    "LABEL a=b \\\n      c=d",
    "MAINTAINER somebody",
    "WORKDIR /app",
    "WORKDIR sub",
    "USER ann",
    "USER root",
    "EXPOSE 80",
    'CMD ["first"]',
    "CMD second --flag",
    'ENTRYPOINT ["run"]',
    'SHELL ["/bin/bash", "-c"]',
    "COPY . .",
    "COPY . /app",
    "COPY src/ /app/src/",
    "COPY --chown=bob:bob src /srv/src",
    "COPY package.json package-lock.json ./",
    "COPY --link LICENSE /LICENSE",
    "ADD README.md /doc/",
    "# about the next step\nCOPY requirements.txt /tmp/",
    "COPY <<EOF /etc/app.conf\nREV=$REV\nEOF",
    "RUN npm ci",
    "RUN npm ci && npm run build",
    "RUN npm install",
    "RUN pip install -r requirements.txt",
    "RUN pip install --no-cache-dir -r requirements.txt",
    "RUN cd /app && go mod download",
    "RUN apt-get update",
    "RUN apt-get update && apt-get install -y --no-install-recommends curl \\\n    # the shell of the shop\n"
    "    git \\\n && rm -rf /var/lib/apt/lists/*",
    "RUN apt-get install -y zlib1g curl",
    "RUN apt-get install wget",
    "RUN apk add --no-cache curl",
    "RUN apt-get update && apt-get install -y jq \\\n    # builds\n    && make && touch built",
    "RUN sudo make install",
    "RUN echo $REV > /rev",
    "RUN make",
    "run useradd -u 123456 me",
    "RUN <<EOF\nset -e\napt-get update\napt-get install -y jq\nEOF",
    "RUN --mount=type=bind,source=.,target=/src make -C /src",
    "RUN --mount=type=cache,target=/root/.npm npm ci",
    "RUN --mount=type=cache,target=/var/cache/apt apt-get install -y vim",
    "HEALTHCHECK CMD true",
    "ONBUILD RUN x",
    "VOLUME /data",
    "STOPSIGNAL SIGINT",
)


def fixable(dice: random.Random) -> str:
    """A Dockerfile of one to three stages; some lines end in a carriage return, some files in no line feed."""
    count = dice.choice([1, 1, 2, 2, 3])
    rows: list[str] = ["ARG TAG=1"] if dice.random() < 0.2 else []
    for number in range(count):
        head = dice.choice(_HEADS) if not number or dice.random() < 0.6 else f"FROM s{number - 1}"
        rows.append(f"{head} {dice.choice(['AS', 'as'])} s{number}")
        rows += [dice.choice(_LINES) for _ in range(dice.randint(2, 9))]
        if number and dice.random() < 0.6:
            rows.append(f"COPY --from=s{dice.randrange(number)} /etc/group /from/")
        if dice.random() < 0.2:
            rows.append("")
    text = "\n".join(rows) + ("\n" if dice.random() < 0.9 else "")
    return text.replace("\n", "\r\n") if dice.random() < 0.05 else text


def fixable_context(dice: random.Random) -> dict[str, str]:
    """The project, sometimes with an ignore file."""
    ignore = dice.choice([None, ".git\n", "*.md\n!README.md\n", "tests\nDockerfile\n"])
    return PROJECT | ({} if ignore is None else {".dockerignore": ignore})
