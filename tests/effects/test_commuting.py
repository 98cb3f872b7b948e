"""Which neighbours may change places."""

from __future__ import annotations

import pytest

from dcache.analyzer.effects import Effects, commute, conflict
from dcache.analyzer.shell import Opaque

from .conftest import StageEffects

_APT = "RUN apt-get update && apt-get install -y curl"
_APK = "RUN apk add curl"


def _pair(of_stage: StageEffects, one: str, other: str, before: str = "") -> tuple[Effects | Opaque, Effects | Opaque]:
    found = of_stage(f"FROM alpine\n{before}{one}\n{other}\n")
    return found[-2], found[-1]


SAFE = [
    ("COPY . /app/", _APT),
    ("COPY . /app/", _APK),
    ("COPY a /a", "COPY b /b"),
    ("COPY a /app/a", "COPY b /app/b"),
    ("COPY a /a", "RUN mkdir -p /b"),
    ("COPY a /a", "WORKDIR /b"),
    ("COPY a /a", "USER app"),
    ("COPY --chown=1:1 a /a", "USER app"),
    ("WORKDIR /app", "RUN apk add curl"),
    ("RUN mkdir /a", "RUN mkdir /b"),
    ("RUN touch /a", "RUN rm -rf /b"),
    ("ARG GIT_SHA", "COPY a /a"),
    ("ARG GIT_SHA", "RUN mkdir -p /a"),
    ("ARG GIT_SHA", "RUN curl -fsSLo /a https://example.com/a"),
    ("ARG GIT_SHA", "RUN echo hello > /a"),
    ("ARG GIT_SHA", "RUN go mod download"),
    ("ARG GIT_SHA", "RUN cd src && go mod download -x"),
    ("ARG GIT_SHA", "WORKDIR /a"),
    ("ARG GIT_SHA", "ENV A=b"),
    ("ARG GIT_SHA", "ARG OTHER"),
    ("ARG GIT_SHA", "USER app"),
    ("ENV GIT_SHA=abc", "RUN useradd app"),
    ("ENV A=b", "COPY a /a"),
    ("ENV A=b", "LABEL a=b"),
    (_APT, "RUN mkdir -p /a"),
    (_APT, "RUN chmod -R 777 /a"),
    (_APT, "RUN chown -R 1000:1000 /a && touch /b"),
    (_APT, "RUN chown root:root /a"),
    ("RUN yum install -y gcc", "RUN rm -rf /a && echo x > /b"),
    ("LABEL a=b", "RUN ./anything"),
    ("LABEL a=b", "LABEL c=d"),
    ('CMD ["a"]', "RUN ./anything"),
    ("EXPOSE 80", "RUN ./anything"),
    ("EXPOSE 80", "CMD a"),
    ("ENTRYPOINT a", "ENV A=b"),
    ("HEALTHCHECK CMD a", "USER app"),
    ("ONBUILD RUN a", "RUN a"),
    ("STOPSIGNAL 9", "COPY a /a"),
    ("VOLUME /data", "COPY a /a"),
    ("VOLUME /data", "RUN mkdir -p /b"),
    ('SHELL ["/bin/bash", "-c"]', "COPY a /a"),
    ('SHELL ["/bin/bash", "-c"]', "WORKDIR /a"),
]

ORDERED = [
    # Files
    ("COPY . /app/", "RUN npm ci"),
    ("COPY a /a", "RUN go mod download"),
    ("WORKDIR /a", "RUN go mod download"),
    ("RUN mkdir /a", "RUN go mod download"),
    ("COPY . /app/", "RUN ./configure"),
    ("COPY . /app/", "RUN touch /app/x"),
    ("COPY . /app/", "RUN cat /app/x"),
    ("COPY . /app/", "RUN chmod 755 /app"),
    ("COPY . /app/", "RUN useradd -m -d /app app"),
    ("COPY . /app/", "RUN ls /"),
    ("COPY . /", _APT),
    ("COPY . .", _APT),
    ("COPY a /etc/apt/sources.list.d/", _APT),
    ("COPY a /usr/local/bin/", _APT),
    ("COPY a /bin/a", "RUN rm -rf /usr/bin/b"),
    ("COPY a /lib64/a", "COPY b /usr/lib/a"),
    ("COPY a /var/run/a", "RUN rm -rf /run/*"),
    ("COPY a /tmp/a", _APT),
    ("COPY a /opt/a", _APT),
    ("COPY a /root/.npmrc", _APT),
    ("COPY a /home/a", "RUN useradd a"),
    ("COPY a.deb /a.deb", "RUN apt-get install -y /a.deb"),
    ("COPY a /a", "COPY b /a"),
    ("COPY a /a/", "COPY b /a/"),
    ("COPY a /a/b", "RUN mkdir /a"),
    ("COPY a /a/b", "RUN mkdir -p /a/c"),
    ("COPY a /app/a", "COPY --chown=1:1 b /app/b"),
    ("COPY a /app/a", "COPY --chmod=700 b /app/b"),
    ("COPY a /app/a", "COPY --link b /app/b"),
    ("COPY a /app/a", "WORKDIR /app"),
    ("WORKDIR /app", "COPY . ."),
    ("WORKDIR /app", "WORKDIR src"),
    ("WORKDIR /app", "RUN touch a"),
    ("WORKDIR /app", "RUN touch /app/a"),
    ("WORKDIR /app", "RUN cd /app && touch /b"),
    ("WORKDIR /app", "USER app"),
    ("WORKDIR /app", "COPY passwd /etc/passwd"),
    ("WORKDIR /app", "RUN useradd -m -d /app app"),
    ("COPY a /app/a", "RUN touch /app/b"),
    ("RUN mkdir /a", "RUN touch /a/b"),
    ("RUN mkdir -p /a/b", "RUN touch /a/c"),
    ("RUN ln -s /usr /app", "COPY a /app/a"),
    ("RUN touch /a", "RUN mv /a /b"),
    (_APT, "RUN apt-get install -y gcc"),
    (_APK, "RUN mkdir -p /a"),
    (_APT, "RUN chown -R www-data /a"),
    (_APT, "RUN chown -R 1000:www-data /a"),
    (_APT, "RUN find /a -delete"),
    (_APT, "RUN tar xf /a -C /b"),
    (_APT, "RUN unzip /a -d /b"),
    (_APT, "RUN rm -rf /var/lib/apt/lists/*"),
    (_APT, "RUN mkdir -p /usr/local/x"),
    (f"{_APT} && cp /x /usr/bin/rm", "RUN rm /a"),
    ("COPY rm /usr/local/bin/", "RUN rm /a"),
    ("COPY a /etc/b", "RUN wget -qO /c https://example.com"),
    ("RUN docker-php-ext-install pdo", "RUN mkdir /a"),
    (_APT, "RUN pip install flask"),
    (_APT, "RUN curl -fsSLo /a https://example.com/a"),
    ("RUN --mount=type=cache,target=/c touch /c/a", "RUN --mount=type=cache,target=/c rm /c/a"),
    ("RUN --mount=target=/src cp /src/a /b", "COPY a /src/a"),
    # Accounts
    ("COPY --chown=app a /a", "RUN useradd app"),
    ("COPY --chown=app a /a", "COPY passwd /etc/passwd"),
    ("USER app", "RUN touch /a"),
    ("USER app", _APT),
    # Variables
    ("ARG GOPROXY", "RUN go mod download"),
    ("ENV HTTPS_PROXY=http://a", "RUN go mod download"),
    ("ARG GIT_SHA", "RUN go build ./..."),
    ("ARG GIT_SHA", "RUN go install example.com/a@v1.0.0"),
    ("ARG GIT_SHA", "RUN go mod download example.com/$GIT_SHA"),
    ("ARG GIT_SHA", "RUN echo $GIT_SHA > /a"),
    ("ARG GIT_SHA", "RUN [ -n \"${GIT_SHA}\" ]"),
    ("ARG GIT_SHA", "RUN make"),
    ("ARG GIT_SHA", "RUN --mount=target=/s env > /a"),
    ("ARG GIT_SHA", _APT),
    ("ARG GIT_SHA", "ENV SHA=$GIT_SHA"),
    ("ARG GIT_SHA", "LABEL sha=$GIT_SHA"),
    ("ARG GIT_SHA", "ARG OTHER=$GIT_SHA"),
    ("ARG GIT_SHA", "ENV GIT_SHA=x"),
    ("ARG D", "WORKDIR $D"),
    ("ARG d", "ENV\tA\t$d"),
    ("ARG d", "label\ta=$d"),
    ("ARG d", "LABEL a=b \\\n  c=$d"),
    ("ARG d", "COPY\ta\t$d"),
    ("ARG D", "COPY a $D"),
    ("ARG D", "USER $D"),
    ("ARG D", "COPY <<E /a\n$D\nE"),
    ("ARG PATH", "RUN touch /a"),
    ("ARG http_proxy", "RUN curl -fsSLo /a https://example.com/a"),
    ("ARG TZ", "RUN touch /a"),
    ("ARG SOURCE_DATE_EPOCH", "WORKDIR /a"),
    ("ENV A=b", "ENV C=d"),
    ("ENV A=b", "RUN echo $A"),
    ("ENV PATH=/app/bin:$PATH", "RUN touch /a"),
    # Configuration
    ("CMD a", "CMD b"),
    ("CMD a", "ENTRYPOINT b"),
    ("LABEL a=b", "LABEL a=c"),
    ("LABEL a=b", "LABEL \"a\"=c"),
    ("LABEL a=b", "LABEL $A=c"),
    ("SHELL [\"/bin/bash\", \"-c\"]", "RUN touch /a"),
    ("SHELL [\"/bin/bash\", \"-c\"]", "CMD a"),
    ("VOLUME /data", "COPY a /data/a"),
    ("VOLUME $D", "COPY a /data/a"),
    ("FROM alpine", "RUN touch /a"),
    ("FROM alpine", "LABEL a=b"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAFE)
def test_may_change_places(of_stage: StageEffects, one: str, other: str) -> None:
    first, second = _pair(of_stage, one, other)
    assert conflict(first, second) is None
    assert commute(second, first)
    first, second = _pair(of_stage, other, one)
    assert commute(first, second)


@pytest.mark.parametrize(("one", "other"), ORDERED)
def test_keep_their_order(of_stage: StageEffects, one: str, other: str) -> None:
    first, second = _pair(of_stage, one, other) if one != "FROM alpine" else _pair(of_stage, "", other)
    assert not commute(first, second)
    assert not commute(second, first)


@pytest.mark.parametrize(
    "before",
    [
        "ENV PYTHONPATH=/app",
        "ENV PYTHONPATH=/app:$PYTHONPATH",
        "ENV PATH=/app/bin:$PATH",
        "ENV PATH=/app/bin:/usr/bin",
        'ENV PATH="/app/bin:$PATH"',
        "ENV PATH /app/bin:$PATH",
        "ENV PATH=/app/bin:$PATH\nENV PATH=$PATH:/x",
        "ENV APP=/app\nENV PATH=$APP/bin:$PATH",
        "ARG APP=/b\nENV PATH=$APP/bin:$PATH",
        "ENV LD_LIBRARY_PATH=/app/lib",
        "ENV HOME=/app",
    ],
)
def test_every_run_looks_where_variables_say(of_stage: StageEffects, before: str) -> None:
    first, second = _pair(of_stage, "COPY . /app/", "RUN touch /b", before + "\n")
    assert not commute(first, second)
    assert commute(first, second, presume=True) is ("HOME" not in before)


@pytest.mark.parametrize("before", ["ENV PATH=/x/bin:$PATH", "ENV PATH=$JAVA_HOME/bin:$PATH", "ENV CONFIG=/app"])
def test_other_places_are_not_looked_at(of_stage: StageEffects, before: str) -> None:
    first, second = _pair(of_stage, "COPY . /app/", "RUN touch /b", before + "\n")
    assert commute(first, second)


def test_packages_do_not_read_a_variable_where_that_is_presumed(of_stage: StageEffects) -> None:
    for run in (_APT, _APK, "RUN npm install -g pm2", "RUN pip install flask"):
        first, second = _pair(of_stage, "ARG GIT_SHA", run, "WORKDIR /app\n")
        assert not commute(first, second)
        assert commute(first, second, presume=True), run
    for variable, run in (("GIT_SHA", "RUN make"), ("DEBIAN_FRONTEND", _APT), ("V", "RUN apt-get install -y a=$V"),
                          ("GIT_SHA", f"{_APT} && make"), ("NODE_ENV", "RUN npm install -g a")):  # fmt: skip
        first, second = _pair(of_stage, f"ARG {variable}", run, "WORKDIR /app\n")
        assert not commute(first, second, presume=True), run


def test_what_is_installed_for_all_goes_into_the_system_where_that_is_presumed(of_stage: StageEffects) -> None:
    first, second = _pair(of_stage, "COPY a /src/a", "RUN npm install -g pm2", "WORKDIR /app\n")
    assert not commute(first, second)
    assert commute(first, second, presume=True)
    first, second = _pair(of_stage, "COPY . .", "RUN npm install -g pm2", "WORKDIR /app\n")
    assert not commute(first, second, presume=True)  # an .npmrc


@pytest.mark.parametrize("before", ['SHELL ["/bin/bash", "-c"]', "USER ann"])
def test_what_a_package_may_bring_keeps_the_order(of_stage: StageEffects, before: str) -> None:
    first, second = _pair(of_stage, _APT, "RUN mkdir /a", before + "\n")
    assert not commute(first, second)


def test_links_lead_elsewhere(of_stage: StageEffects) -> None:
    head = "RUN ln -s /var/data /app/data\n"
    first, second = _pair(of_stage, "COPY a /app/data/", "RUN rm -rf /var/data/b", head)
    assert not commute(first, second)
    first, second = _pair(of_stage, "COPY a /app/other/", "RUN rm -rf /var/data/b", head)
    assert commute(first, second)
    text = f"FROM alpine AS base\n{head}FROM base\nCOPY a /app/data/\nRUN rm -rf /var/data/b\n"
    first, second = of_stage(text)[-2:]
    assert not commute(first, second)


def test_what_a_base_triggers_changes_the_directory(of_stage: StageEffects) -> None:
    text = "FROM alpine AS base\nWORKDIR /a\nONBUILD WORKDIR /b\nFROM base\nCOPY x .\n"
    found = of_stage(text)[-1]
    assert isinstance(found, Effects) and found.writes == {"/b"}
