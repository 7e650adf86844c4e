# Built once, run anywhere: the model is inside, and nothing is fetched when it runs.
#   docker build -t aftercare .
# A clinic's own content (data/) and profile (data/clinic.yml) belong in before the build: the model is trained on them.

FROM python:3.10-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1 RASA_TELEMETRY_ENABLED=false
WORKDIR /app
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
# The lock alone first: a change of content does not install everything again.
COPY requirements.lock ./
RUN pip install --no-deps --require-hashes -r requirements.lock
COPY pyproject.toml README.md config.yml domain.yml endpoints.yml ./
COPY bot bot
COPY actions actions
COPY data data
RUN pip install --no-deps --no-build-isolation --editable . \
 && AFTERCARE_DATA_DIR=/tmp/build aftercare check \
 && AFTERCARE_DATA_DIR=/tmp/build aftercare train \
 && rm -rf /tmp/build .rasa

FROM python:3.10-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 RASA_TELEMETRY_ENABLED=false \
    AFTERCARE_DATA_DIR=/data MPLCONFIGDIR=/tmp/matplotlib
RUN useradd --system --uid 10001 --no-create-home aftercare \
 && install -d -m 0700 -o aftercare /data
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
USER 10001
VOLUME /data
EXPOSE 8000
# Alive, not ready: without a model or a database it still gives every patient the safe reply, so it must not be killed.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["aftercare", "serve", "--host", "0.0.0.0", "--port", "8000"]
