# The tool alone, without a PostgreSQL server: docker build -t pgdossier:local . && docker run pgdossier:local --help
FROM python:3.12-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY src ./src
COPY templates ./templates
COPY samples/shop/shop.sql ./samples/shop/shop.sql
RUN python -m pip wheel --no-cache-dir --wheel-dir /wheels .

FROM python:3.12-slim
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    python -m pip install --no-cache-dir --no-index --find-links=/wheels pgdossier
# The documents that it writes belong to this user, not to root.
RUN useradd --create-home --uid 1000 dossier && install --directory --owner=dossier --group=dossier /docs
USER dossier
WORKDIR /docs
ENTRYPOINT ["pgdossier"]
CMD ["--help"]
