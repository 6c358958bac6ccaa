# One image for every role: `earshot run collectors`, `earshot run processors`, …

FROM python:3.12 AS builder
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
COPY requirements/ requirements/
# Everything that is installed has its hash in requirements/, what builds the wheel too.
RUN python -m venv /build \
 && sed -n -E '/^(cython|setuptools|mypy|ast-serialize|mypy-extensions|librt|pathspec|typing-extensions)==/,/# via/p' requirements/dev.txt > requirements/build.txt \
 && /build/bin/pip install --require-hashes -r requirements/build.txt \
 && python -m venv --without-pip /opt/earshot \
 && /build/bin/pip --python /opt/earshot/bin/python install --require-hashes --only-binary :all: -r requirements/run.txt
COPY . .
RUN /build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
 && /build/bin/pip --python /opt/earshot/bin/python install --no-deps --no-index /wheels/earshot-*.whl

FROM python:3.12-slim
LABEL org.opencontainers.image.title="Earshot" \
      org.opencontainers.image.description="Hears what people say about a company in public, and tells the right person while there is still time." \
      org.opencontainers.image.licenses="Apache-2.0"
# A fixed number, so that the owner of files on the host can be made the same.
RUN groupadd --gid 10001 earshot \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin earshot \
 && install -d -o earshot -g earshot -m 0700 /data \
 && install -d /etc/earshot/secrets
COPY --from=builder /opt/earshot /opt/earshot
# Only /data and /tmp are written: the rest of the file system may be read-only.
ENV PATH=/opt/earshot/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    EARSHOT_CONFIG=/etc/earshot/earshot.toml \
    EARSHOT_EARSHOT__DATA_DIR=/data
USER 10001:10001
WORKDIR /data
EXPOSE 8600
STOPSIGNAL SIGTERM
ENTRYPOINT ["earshot"]
CMD ["run"]
